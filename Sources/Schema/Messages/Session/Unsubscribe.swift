/// Ends a subscription, or the topics it names.
package struct Unsubscribe: Equatable, Sendable {
    package var id: UInt32?
    package var topics: [String]

    package init(id: UInt32? = nil, topics: [String] = []) {
        self.id = id
        self.topics = topics
    }
}

extension Unsubscribe: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Unsubscribe"]

    package func write(to record: Record) {
        record.set(1, id)
        record.set(2, topics)
    }

    package init(_ record: Record) {
        id = record.get(1)
        topics = record.list(2)
    }
}
