/// How far one topic has been sent.
package struct TopicProgress: Equatable, Sendable {
    package var topic: UInt32?
    package var epoch: UInt64?
    package var sequence: UInt64?
    package var acknowledgedSequence: UInt64?

    package init(
        topic: UInt32? = nil, epoch: UInt64? = nil, sequence: UInt64? = nil,
        acknowledgedSequence: UInt64? = nil
    ) {
        self.topic = topic
        self.epoch = epoch
        self.sequence = sequence
        self.acknowledgedSequence = acknowledgedSequence
    }
}

extension TopicProgress: WireMessage {
    package static let table = TableSet.shared["penstock.v1.TopicProgress"]

    package func write(to record: Record) {
        record.set(1, topic)
        record.set(2, epoch)
        record.set(3, sequence)
        record.set(4, acknowledgedSequence)
    }

    package init(_ record: Record) {
        topic = record.get(1)
        epoch = record.get(2)
        sequence = record.get(3)
        acknowledgedSequence = record.get(4)
    }
}
