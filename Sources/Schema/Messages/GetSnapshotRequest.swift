/// State topics whose present state is wanted.
package struct GetSnapshotRequest: Equatable, Sendable {
    package var topics: [String]

    package init(topics: [String] = []) {
        self.topics = topics
    }
}

extension GetSnapshotRequest: WireMessage {
    package static let table = TableSet.shared["penstock.v1.GetSnapshotRequest"]

    package func write(to record: Record) {
        record.set(1, topics)
    }

    package init(_ record: Record) {
        topics = record.list(1)
    }
}
