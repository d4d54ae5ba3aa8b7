/// Event topics whose rings are asked about.
package struct GetReplayInfoRequest: Equatable, Sendable {
    package var topics: [String]

    package init(topics: [String] = []) {
        self.topics = topics
    }
}

extension GetReplayInfoRequest: WireMessage {
    package static let table = TableSet.shared["penstock.v1.GetReplayInfoRequest"]

    package func write(to record: Record) {
        record.set(1, topics)
    }

    package init(_ record: Record) {
        topics = record.list(1)
    }
}
