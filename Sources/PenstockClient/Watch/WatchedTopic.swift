package import Base
package import Schema

/// A topic as a person watches it: its state, how often it changes, how old it is, and the last
/// trades. Bounded: five seconds of counts, and a screen's worth of trades.
package struct WatchedTopic: Sendable {
    package private(set) var state: MergedState
    /// Newest first.
    package private(set) var trades: [MergedTrade] = []
    package private(set) var lastGap: Gap?
    private var lastUpdate: Instant?
    private var firstUpdate: Instant?
    /// Updates in each of the last seconds, by second modulo their number.
    private var counts = [Int](repeating: 0, count: WatchedTopic.seconds)
    private var second: Int64 = 0

    /// Long enough to be calm, short enough to follow.
    static let seconds = 5
    static let tradesMax = 50

    package init(_ state: MergedState) { self.state = state }

    package mutating func updated(_ state: MergedState, by update: Update, at now: Instant) {
        self.state = state
        forget(before: now)
        counts[Int(second % Int64(Self.seconds))] += 1
        lastUpdate = now
        firstUpdate = firstUpdate ?? now
        switch update.payload {
        case .trade(let wire):
            guard let trade = try? MergedTrade(wire) else { return }
            if trades.count == Self.tradesMax { trades.removeLast() }
            trades.insert(trade, at: 0)
        case .gap(let gap): lastGap = gap
        case .tick, .book, .subscribed, .rejected, .data, .control, nil: break
        }
    }

    package mutating func statusChanged(_ state: MergedState) { self.state = state }

    /// Updates a second over the last five.
    package mutating func rate(at now: Instant) -> Double {
        guard let firstUpdate else { return 0 }
        forget(before: now)
        let span = min(Double(Self.seconds), max(1, (now - firstUpdate).inSeconds))
        return Double(counts.reduce(0, +)) / span
    }

    /// Time since the last update; nil before the first.
    package func age(at now: Instant) -> Duration? {
        lastUpdate.map { max(.zero, now - $0) }
    }

    private mutating func forget(before now: Instant) {
        let present = max(second, now.nanoseconds / 1_000_000_000)
        if present - second >= Int64(Self.seconds) {
            counts = [Int](repeating: 0, count: Self.seconds)
        } else if present > second {
            for passed in (second + 1)...present { counts[Int(passed % Int64(Self.seconds))] = 0 }
        }
        second = present
    }
}
