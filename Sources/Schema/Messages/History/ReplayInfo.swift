/// What the ring of an event topic holds.
package struct ReplayInfo: Equatable, Sendable {
    /// As the client wrote it.
    package var name: String?
    package var epoch: UInt64?
    /// Oldest one held.
    package var firstSequence: UInt64?
    /// Newest one there was.
    package var lastSequence: UInt64?
    /// Publish time of the oldest one held, nanoseconds since 1970.
    package var firstTime: UInt64?
    /// Publish time of the newest one held.
    package var lastTime: UInt64?
    /// How many are held.
    package var events: UInt64?
    /// What they count for in the ring's bound.
    package var bytes: UInt64?
    /// How many the ring holds.
    package var eventsMax: UInt64?

    package init(
        name: String? = nil, epoch: UInt64? = nil, firstSequence: UInt64? = nil,
        lastSequence: UInt64? = nil, firstTime: UInt64? = nil, lastTime: UInt64? = nil,
        events: UInt64? = nil, bytes: UInt64? = nil, eventsMax: UInt64? = nil
    ) {
        self.name = name
        self.epoch = epoch
        self.firstSequence = firstSequence
        self.lastSequence = lastSequence
        self.firstTime = firstTime
        self.lastTime = lastTime
        self.events = events
        self.bytes = bytes
        self.eventsMax = eventsMax
    }
}

extension ReplayInfo: WireMessage {
    package static let table = TableSet.shared["penstock.v1.ReplayInfo"]

    package func write(to record: Record) {
        record.set(1, name)
        record.set(2, epoch)
        record.set(3, firstSequence)
        record.set(4, lastSequence)
        record.set(5, firstTime)
        record.set(6, lastTime)
        record.set(7, events)
        record.set(8, bytes)
        record.set(9, eventsMax)
    }

    package init(_ record: Record) {
        name = record.get(1)
        epoch = record.get(2)
        firstSequence = record.get(3)
        lastSequence = record.get(4)
        firstTime = record.get(5)
        lastTime = record.get(6)
        events = record.get(7)
        bytes = record.get(8)
        eventsMax = record.get(9)
    }
}
