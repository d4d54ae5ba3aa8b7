/// Adds a subscription to a session.
package struct SubscribeTopics: Equatable, Sendable {
    package var id: UInt32?
    package var topics: [String]
    /// None, or only "*": all.
    package var fields: [String]
    package var rate: RequestedRate?
    /// Raw, because one that this version does not know is refused, not lost.
    package var start: Int32?
    package var positions: [TopicPosition]
    /// Raw, as `start`.
    package var overflow: Int32?
    package var filter: String?
    package var fromSequence: UInt64?
    /// Nanoseconds since 1970.
    package var fromTime: UInt64?
    package var fromCount: UInt32?

    package init(
        id: UInt32? = nil, topics: [String] = [], fields: [String] = [],
        rate: RequestedRate? = nil, start: Int32? = nil, positions: [TopicPosition] = [],
        overflow: Int32? = nil, filter: String? = nil, fromSequence: UInt64? = nil,
        fromTime: UInt64? = nil, fromCount: UInt32? = nil
    ) {
        self.id = id
        self.topics = topics
        self.fields = fields
        self.rate = rate
        self.start = start
        self.positions = positions
        self.overflow = overflow
        self.filter = filter
        self.fromSequence = fromSequence
        self.fromTime = fromTime
        self.fromCount = fromCount
    }
}

extension SubscribeTopics: WireMessage {
    package static let table = TableSet.shared["penstock.v1.SubscribeTopics"]

    package func write(to record: Record) {
        record.set(1, id)
        record.set(2, topics)
        record.set(3, fields)
        record.set(4, rate)
        record.set(5, start)
        record.set(6, positions)
        record.set(7, overflow)
        record.set(8, filter)
        record.set(9, fromSequence)
        record.set(10, fromTime)
        record.set(11, fromCount)
    }

    package init(_ record: Record) {
        id = record.get(1)
        topics = record.list(2)
        fields = record.list(3)
        rate = record.get(4)
        start = record.get(5)
        positions = record.list(6)
        overflow = record.get(7)
        filter = record.get(8)
        fromSequence = record.get(9)
        fromTime = record.get(10)
        fromCount = record.get(11)
    }
}
