package import Market

/// Levels of a depth window on their way out: all of them, best first, in a snapshot; the changed
/// ones, newest first, in a delta, where quantity zero removes a price. Kept and refilled by
/// whoever encodes, so that filling it does not allocate.
package struct BookChange: Equatable, Sendable {
    package var bids: [Level]
    package var asks: [Level]

    package init(bids: [Level] = [], asks: [Level] = []) {
        self.bids = bids
        self.asks = asks
    }

    package var isEmpty: Bool { bids.isEmpty && asks.isEmpty }

    /// Empties both sides and keeps their memory.
    package mutating func removeAll() {
        bids.removeAll(keepingCapacity: true)
        asks.removeAll(keepingCapacity: true)
    }
}
