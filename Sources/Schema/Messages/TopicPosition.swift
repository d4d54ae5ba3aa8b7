/// Identity of a point in a topic's life; `Position` in Protos/.
package struct TopicPosition: Equatable, Sendable {
    /// Topic name: "book:binance:BTC/USDT".
    package var topic: String?
    package var epoch: UInt64?
    /// Last sequence that the client has applied.
    package var sequence: UInt64?

    package init(topic: String? = nil, epoch: UInt64? = nil, sequence: UInt64? = nil) {
        self.topic = topic
        self.epoch = epoch
        self.sequence = sequence
    }
}

extension TopicPosition: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Position"]

    package func write(to record: Record) {
        record.set(1, topic)
        record.set(2, epoch)
        record.set(3, sequence)
    }

    package init(_ record: Record) {
        topic = record.get(1)
        epoch = record.get(2)
        sequence = record.get(3)
    }
}
