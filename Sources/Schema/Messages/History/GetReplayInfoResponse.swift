/// What could be replayed of each topic.
package struct GetReplayInfoResponse: Equatable, Sendable {
    package var topics: [ReplayInfo]
    package var rejected: [RejectedTopic]

    package init(topics: [ReplayInfo] = [], rejected: [RejectedTopic] = []) {
        self.topics = topics
        self.rejected = rejected
    }
}

extension GetReplayInfoResponse: WireMessage {
    package static let table = TableSet.shared["penstock.v1.GetReplayInfoResponse"]

    package func write(to record: Record) {
        record.set(1, topics)
        record.set(2, rejected)
    }

    package init(_ record: Record) {
        topics = record.list(1)
        rejected = record.list(2)
    }
}
