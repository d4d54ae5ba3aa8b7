/// A page of an event topic's past.
package struct GetHistoryRequest: Equatable, Sendable {
    package var topic: String?
    /// Nil: the present one.
    package var epoch: UInt64?
    package var fromSequence: UInt64?
    /// Nanoseconds since 1970, by publish time: at or after.
    package var fromTime: UInt64?
    /// So many of the newest events.
    package var last: UInt32?
    /// Inclusive.
    package var toSequence: UInt64?
    /// Nanoseconds since 1970, by publish time: before.
    package var toTime: UInt64?
    package var eventsMax: UInt32?
    package var bytesMax: UInt32?

    package init(
        topic: String? = nil, epoch: UInt64? = nil, fromSequence: UInt64? = nil,
        fromTime: UInt64? = nil, last: UInt32? = nil, toSequence: UInt64? = nil,
        toTime: UInt64? = nil, eventsMax: UInt32? = nil, bytesMax: UInt32? = nil
    ) {
        self.topic = topic
        self.epoch = epoch
        self.fromSequence = fromSequence
        self.fromTime = fromTime
        self.last = last
        self.toSequence = toSequence
        self.toTime = toTime
        self.eventsMax = eventsMax
        self.bytesMax = bytesMax
    }
}

extension GetHistoryRequest: WireMessage {
    package static let table = TableSet.shared["penstock.v1.GetHistoryRequest"]

    package func write(to record: Record) {
        record.set(1, topic)
        record.set(2, epoch)
        record.set(3, fromSequence)
        record.set(4, fromTime)
        record.set(5, last)
        record.set(6, toSequence)
        record.set(7, toTime)
        record.set(8, eventsMax)
        record.set(9, bytesMax)
    }

    package init(_ record: Record) {
        topic = record.get(1)
        epoch = record.get(2)
        fromSequence = record.get(3)
        fromTime = record.get(4)
        last = record.get(5)
        toSequence = record.get(6)
        toTime = record.get(7)
        eventsMax = record.get(8)
        bytesMax = record.get(9)
    }
}
