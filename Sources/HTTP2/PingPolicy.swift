package import Base

/// How often a client may PING (grpc proposal A8): at intervals of `intervalMin`, with or without
/// calls. A PING that comes sooner is a strike; strikes are forgotten when we send DATA or HEADERS,
/// because that is when clients measure; with one strike too many the connection ends.
///
///     forgiven ──PING──► watching(last, strikes) ──strikes > max──► ended
///         └───────────sent DATA or HEADERS───────────┘
package struct PingPolicy: Sendable {
    private enum State {
        case forgiven
        case watching(last: Instant, strikes: Int)
        case ended
    }

    package enum Action: Equatable, Sendable { case tolerate, endConnection }

    private var state = State.forgiven
    private let intervalMin: Duration
    private let strikesMax: Int

    package init(intervalMin: Duration, strikesMax: Int) {
        self.intervalMin = intervalMin
        self.strikesMax = strikesMax
    }

    /// A PING that is not an answer arrived.
    package mutating func receivedPing(now: Instant) -> Action {
        switch state {
        case .forgiven:
            state = .watching(last: now, strikes: 0)
            return .tolerate
        case .watching(let last, let strikes):
            let isStrike = now - last < intervalMin
            guard strikes + (isStrike ? 1 : 0) <= strikesMax else {
                state = .ended
                return .endConnection
            }
            state = .watching(last: now, strikes: strikes + (isStrike ? 1 : 0))
            return .tolerate
        case .ended: return .endConnection
        }
    }

    /// We sent DATA or HEADERS.
    package mutating func sentFrames() {
        if case .watching = state { state = .forgiven }
    }
}
