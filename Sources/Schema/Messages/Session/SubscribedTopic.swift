/// A topic of a subscription, and what comes next of it.
package struct SubscribedTopic: Equatable, Sendable {
    /// As the client wrote it.
    package var name: String?
    package var number: UInt32?
    package var epoch: UInt64?
    package var sequence: UInt64?
    package var status: Status?
    package var follows: Follows?
    /// Event topics: the first sequence that will be sent.
    package var firstSequence: UInt64?

    package init(
        name: String? = nil, number: UInt32? = nil, epoch: UInt64? = nil, sequence: UInt64? = nil,
        status: Status? = nil, follows: Follows? = nil, firstSequence: UInt64? = nil
    ) {
        self.name = name
        self.number = number
        self.epoch = epoch
        self.sequence = sequence
        self.status = status
        self.follows = follows
        self.firstSequence = firstSequence
    }
}

extension SubscribedTopic: WireMessage {
    package static let table = TableSet.shared["penstock.v1.SubscribedTopic"]

    package func write(to record: Record) {
        record.set(1, name)
        record.set(2, number)
        record.set(3, epoch)
        record.set(4, sequence)
        record.set(5, status)
        record.set(6, follows)
        record.set(7, firstSequence)
    }

    package init(_ record: Record) {
        name = record.get(1)
        number = record.get(2)
        epoch = record.get(3)
        sequence = record.get(4)
        status = record.get(5)
        follows = record.get(6)
        firstSequence = record.get(7)
    }
}
