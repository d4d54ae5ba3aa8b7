package import Base

/// Notices a peer that takes nothing of what waits for it, though it may answer otherwise.
///
///     clear ──bytes wait──► waiting(since, taken) ──no progress for `limit`──► stalled
///       └◄──nothing waits──────┘└◄─progress─┘
package struct OutputWatch: Sendable {
    private enum State {
        case clear
        case waiting(since: Instant, taken: UInt64)
        case stalled
    }

    package enum Action: Equatable, Sendable { case closeConnection, ignore }

    private var state = State.clear
    private let limit: Duration

    package init(limit: Duration) { self.limit = limit }

    /// `waiting`: bytes in the output now. `taken`: bytes that ever left it. Looks are taken at
    /// least every half `limit` (`interval`); between two of them progress is what counts.
    package mutating func looked(now: Instant, waiting: Int, taken: UInt64) -> Action {
        guard waiting > 0 else {
            if case .stalled = state { return .ignore }
            state = .clear
            return .ignore
        }
        switch state {
        case .waiting(let since, taken):
            guard now - since >= limit else { return .ignore }
            state = .stalled
            return .closeConnection
        case .clear, .waiting: state = .waiting(since: now, taken: taken)
        case .stalled: break
        }
        return .ignore
    }

    package var interval: Duration { limit / 2 }
}
