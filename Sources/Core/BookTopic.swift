package import Base
package import Market
internal import Schema
internal import Streams

/// The best levels of one order book: a change-ordered window over the full-depth book that the
/// connector keeps. Shows nothing before the book has been in sync once; while it is being rebuilt
/// the last good levels stay, marked `resyncing`.
package final class BookTopic: StateTopic {
    package let depth: Int
    private var window: DepthWindow
    private var isFilled = false

    init(name: String, number: UInt32, depth: Int, hub: Hub) {
        self.depth = depth
        window = DepthWindow(depth: depth)
        super.init(name: name, number: number, hub: hub)
    }

    package override var hasState: Bool { isFilled }

    /// The book in sync at `venueSequence`. The first one after a loss begins a new epoch; one that
    /// changes nothing inside the window publishes nothing.
    package func apply(
        book: borrowing OrderBook, venueSequence: UInt64, eventTime: Timestamp,
        receiveTime: Timestamp
    ) {
        if status != .live || !isFilled {
            window = DepthWindow(depth: depth)
            isFilled = true
            beginEpoch()
            setStatus(.live)
        }
        if window.update(from: book, sequence: pendingSequence) { markDirty() }
        stamp(venueSequence: venueSequence, eventTime: eventTime, receiveTime: receiveTime)
    }

    override func snapshotPayload() -> Payload? {
        guard isFilled else { return nil }
        var change = BookChange()
        window.snapshot(into: &change)
        return Wire.book(change, isSnapshot: true).map { .book($0) }
    }

    override func deltaPayload(since base: UInt64) -> Payload?? {
        guard isFilled else { return .some(nil) }
        var change = BookChange()
        // Sequences that only told a status are beyond the window's last change.
        guard window.delta(since: min(base, window.sequence), into: &change) else { return nil }
        if change.bids.isEmpty && change.asks.isEmpty { return .some(nil) }
        // A removed price may share no scale with the book's new ones: then only a snapshot helps.
        guard let book = Wire.book(change, isSnapshot: false) else { return nil }
        return .book(book)
    }
}
