/// Events of one topic in the order of their sequences.
package struct GetHistoryResponse: Equatable, Sendable {
    package var events: [Update]
    package var epoch: UInt64?
    /// Where the next page begins; nil: that was all.
    package var nextSequence: UInt64?
    /// Part of the range that the ring has lost.
    package var gone: Gap?
    /// Oldest one held.
    package var firstSequence: UInt64?
    /// Newest one there was.
    package var lastSequence: UInt64?

    package init(
        events: [Update] = [], epoch: UInt64? = nil, nextSequence: UInt64? = nil, gone: Gap? = nil,
        firstSequence: UInt64? = nil, lastSequence: UInt64? = nil
    ) {
        self.events = events
        self.epoch = epoch
        self.nextSequence = nextSequence
        self.gone = gone
        self.firstSequence = firstSequence
        self.lastSequence = lastSequence
    }
}

extension GetHistoryResponse: WireMessage {
    package static let table = TableSet.shared["penstock.v1.GetHistoryResponse"]

    package func write(to record: Record) {
        record.set(1, events)
        record.set(2, epoch)
        record.set(3, nextSequence)
        record.set(4, gone)
        record.set(5, firstSequence)
        record.set(6, lastSequence)
    }

    package init(_ record: Record) {
        events = record.list(1)
        epoch = record.get(2)
        nextSequence = record.get(3)
        gone = record.get(4)
        firstSequence = record.get(5)
        lastSequence = record.get(6)
    }
}
