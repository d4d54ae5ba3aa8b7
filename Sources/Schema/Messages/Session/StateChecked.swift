/// What a subscriber of a state topic should have, at the position that it was sent last.
package struct StateChecked: Equatable, Sendable {
    package var id: UInt32?
    package var topic: UInt32?
    package var epoch: UInt64?
    package var sequence: UInt64?
    /// Fields or levels; nil together with `hash`.
    package var count: UInt64?
    /// Of the state that the subscriber has; nil if it is not the present one.
    package var hash: UInt64?

    package init(
        id: UInt32? = nil, topic: UInt32? = nil, epoch: UInt64? = nil, sequence: UInt64? = nil,
        count: UInt64? = nil, hash: UInt64? = nil
    ) {
        self.id = id
        self.topic = topic
        self.epoch = epoch
        self.sequence = sequence
        self.count = count
        self.hash = hash
    }
}

extension StateChecked: WireMessage {
    package static let table = TableSet.shared["penstock.v1.StateChecked"]

    package func write(to record: Record) {
        record.set(1, id)
        record.set(2, topic)
        record.set(3, epoch)
        record.set(4, sequence)
        record.set(5, count)
        record.set(6, hash)
    }

    package init(_ record: Record) {
        id = record.get(1)
        topic = record.get(2)
        epoch = record.get(3)
        sequence = record.get(4)
        count = record.get(5)
        hash = record.get(6)
    }
}
