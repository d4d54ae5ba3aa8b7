/// A topic that was accepted, and the number its updates will carry.
package struct AcceptedTopic: Equatable, Sendable {
    /// As the client wrote it.
    package var name: String?
    package var number: UInt32?
    /// Position of the topic when the subscription began.
    package var epoch: UInt64?
    package var sequence: UInt64?
    package var status: Status?
    /// True when what follows continues the client's position without a snapshot.
    package var resumed: Bool?
    /// Event topics: the sequence after which the subscription begins.
    package var startSequence: UInt64?

    package init(
        name: String? = nil, number: UInt32? = nil, epoch: UInt64? = nil, sequence: UInt64? = nil,
        status: Status? = nil, resumed: Bool? = nil, startSequence: UInt64? = nil
    ) {
        self.name = name
        self.number = number
        self.epoch = epoch
        self.sequence = sequence
        self.status = status
        self.resumed = resumed
        self.startSequence = startSequence
    }
}

extension AcceptedTopic: WireMessage {
    package static let table = TableSet.shared["penstock.v1.AcceptedTopic"]

    package func write(to record: Record) {
        record.set(1, name)
        record.set(2, number)
        record.set(3, epoch)
        record.set(4, sequence)
        record.set(5, status)
        record.set(6, resumed)
        record.set(7, startSequence)
    }

    package init(_ record: Record) {
        name = record.get(1)
        number = record.get(2)
        epoch = record.get(3)
        sequence = record.get(4)
        status = record.get(5)
        resumed = record.get(6)
        startSequence = record.get(7)
    }
}
