/// Asks what a subscriber of a state topic should have now.
package struct CheckState: Equatable, Sendable {
    package var id: UInt32?
    /// As it was subscribed.
    package var topic: String?

    package init(id: UInt32? = nil, topic: String? = nil) {
        self.id = id
        self.topic = topic
    }
}

extension CheckState: WireMessage {
    package static let table = TableSet.shared["penstock.v1.CheckState"]

    package func write(to record: Record) {
        record.set(1, id)
        record.set(2, topic)
    }

    package init(_ record: Record) {
        id = record.get(1)
        topic = record.get(2)
    }
}
