package import Base

/// Decides how far a tape has played at a given instant. Pure: knows times, not messages.
///
///     idle ──named──▶ waiting ──startAfter──▶ playing ──last message──▶ finished
///                      │  ▲
///                      └──┘ every further SUBSCRIBE starts the wait anew
package struct PlayerMachine: Sendable {
    package enum State: Equatable, Sendable {
        case idle
        case waiting(until: Instant)
        case playing(since: Instant)
        case finished
    }

    package private(set) var state = State.idle
    package let speed: Speed
    private let startAfter: Duration

    package init(speed: Speed, startAfter: Duration) {
        self.speed = speed
        self.startAfter = startAfter
    }

    /// A SUBSCRIBE or a stream URL named one of the tape's streams.
    package mutating func namedStream(now: Instant) {
        switch state {
        case .idle, .waiting: state = .waiting(until: now + startAfter)
        case .playing, .finished: break
        }
    }

    /// Starts playing when the wait is over.
    package mutating func timePassed(now: Instant) {
        if case .waiting(let until) = state, until <= now { state = .playing(since: until) }
    }

    package mutating func playedLast() {
        if case .playing = state { state = .finished }
    }

    /// The tape time up to which messages are due, in nanoseconds from the tape's start. Nil while
    /// nothing may play; unbounded at `maximum`, where readers set the pace.
    package func tapeTime(now: Instant) -> Int64? {
        guard case .playing(let since) = state else { return nil }
        switch speed {
        case .maximum: return .max
        case .times(let factor): return Int64((now - since).inSeconds * factor * 1e9)
        }
    }

    /// When the message of this tape time is due. Nil unless playing at a timed speed.
    package func due(tapeTime: Int64) -> Instant? {
        guard case .playing(let since) = state, case .times(let factor) = speed else { return nil }
        return since + .nanoseconds(Int64((Double(tapeTime) / factor).rounded(.up)))
    }
}
