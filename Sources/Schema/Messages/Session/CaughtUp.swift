/// The subscriber has everything up to the present for the first time.
package struct CaughtUp: Equatable, Sendable {
    package var id: UInt32?
    package var topic: UInt32?
    package var epoch: UInt64?
    package var sequence: UInt64?

    package init(
        id: UInt32? = nil, topic: UInt32? = nil, epoch: UInt64? = nil, sequence: UInt64? = nil
    ) {
        self.id = id
        self.topic = topic
        self.epoch = epoch
        self.sequence = sequence
    }
}

extension CaughtUp: WireMessage {
    package static let table = TableSet.shared["penstock.v1.CaughtUp"]

    package func write(to record: Record) {
        record.set(1, id)
        record.set(2, topic)
        record.set(3, epoch)
        record.set(4, sequence)
    }

    package init(_ record: Record) {
        id = record.get(1)
        topic = record.get(2)
        epoch = record.get(3)
        sequence = record.get(4)
    }
}
