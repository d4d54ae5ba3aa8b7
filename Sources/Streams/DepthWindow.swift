package import Market
package import Schema

/// The best `depth` levels a side of a full book, as a state topic: a change-ordered map of its own
/// over the inner book. A level that enters the window is stamped as changed, one
/// that leaves it as removed, at the sequence of the update that moved the window.
///
/// The state at a sequence is the window as `update` left it there; the state at 0 is empty. A new
/// epoch begins with a new window.
package struct DepthWindow: Sendable {
    /// Removals remembered by default, both sides together. At depth 50 a recorded BTCUSDT session
    /// removes 64 levels a second from its window: 16 s, and more as levels that return free their
    /// places.
    package static let tombstonesMax = 1024

    /// Levels a side.
    package let depth: Int
    /// The sequence of the last update that changed something.
    package private(set) var sequence: UInt64 = 0

    private var bids: WindowSide
    private var asks: WindowSide

    /// - Parameter tombstonesMax: removals remembered, both sides together, at least 2.
    package init(depth: Int, tombstonesMax: Int = DepthWindow.tombstonesMax) {
        precondition(depth > 0, "depth \(depth)")
        self.depth = depth
        bids = WindowSide(.bid, depth, tombstonesMax: tombstonesMax / 2)
        asks = WindowSide(.ask, depth, tombstonesMax: tombstonesMax / 2)
    }

    /// The window that was recorded as those sides; nil if they are none.
    package init?(
        depth: Int, bids: SideRecord, asks: SideRecord,
        tombstonesMax: Int = DepthWindow.tombstonesMax
    ) {
        let most = tombstonesMax / 2
        guard depth > 0, let bids = WindowSide(.bid, depth, tombstonesMax: most, bids),
            let asks = WindowSide(.ask, depth, tombstonesMax: most, asks)
        else { return nil }
        self.depth = depth
        (self.bids, self.asks) = (bids, asks)
        sequence = max(bids.map.sequence, asks.map.sequence)
    }

    /// Both sides with all their changes, for another process.
    package var records: (bids: SideRecord, asks: SideRecord) { (bids.record, asks.record) }

    package func count(_ side: OrderBook.Side) -> Int {
        side == .bid ? bids.map.count : asks.map.count
    }

    /// The best level of a side; nil if it is empty.
    package func best(_ side: OrderBook.Side) -> Level? { side == .bid ? bids.best : asks.best }

    /// Deltas are possible from bases at or after this sequence.
    package var horizon: UInt64 { max(bids.map.horizon, asks.map.horizon) }

    /// Takes over the book's best levels as the state at `sequence`: above the last one, or the
    /// last one itself as long as nobody has been told of it.
    /// False when nothing within the window differs: the sequence was not used. O(depth), and no
    /// allocation once the window has seen as many levels as it remembers.
    package mutating func update(from book: borrowing OrderBook, sequence: UInt64) -> Bool {
        precondition(sequence >= self.sequence, "sequence \(sequence) after \(self.sequence)")
        let bidsChanged = bids.update(from: book, sequence)
        let asksChanged = asks.update(from: book, sequence)
        guard bidsChanged || asksChanged else { return false }
        self.sequence = sequence
        return true
    }

    /// Becomes what another window is at `sequence`, by its delta since the sequence that this one
    /// is at. A window that follows is not `update`d.
    package mutating func follow(_ change: BookChange, at sequence: UInt64) {
        if change.isEmpty { return }
        bids.follow(change.bids, sequence)
        asks.follow(change.asks, sequence)
        self.sequence = sequence
    }

    /// Fills `change` with what any holder of a state from `base` to `sequence` must apply to end
    /// up exactly at `sequence`. False, and `change` empty, when the base is older than the
    /// horizon or not yet reached: send a snapshot. O(changes).
    package func delta(since base: UInt64, into change: inout BookChange) -> Bool {
        change.removeAll()
        guard base >= horizon, base <= sequence else { return false }
        bids.changes(since: base, into: &change.bids)
        asks.changes(since: base, into: &change.asks)
        return true
    }

    /// Fills `change` with the whole window, best levels first.
    package func snapshot(into change: inout BookChange) {
        change.removeAll()
        bids.snapshot(into: &change.bids)
        asks.snapshot(into: &change.asks)
    }
}
