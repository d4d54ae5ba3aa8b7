package import Base

/// The orderly end of a server's connection (RFC 9113 §6.8): a GOAWAY that names no last stream and
/// a PING; when the PING comes back, every request the peer sent before it knew has arrived, and
/// the final GOAWAY names the last one served.
///
///     serving ──begin──► noticed ──ponged / timeout──► final
package struct ConnectionDrain: ~Copyable {
    private enum State {
        case serving
        case noticed(until: Instant)
        case final
    }

    package enum Action: Equatable, Sendable { case sendNoticeAndPing, sendGoAway, ignore }

    /// What our PING carries; other PINGs do not count.
    package static let pingOpaque: UInt64 = 0x7065_6e73_746f_636b

    private var state = State.serving
    private let pingTimeout: Duration

    package init(pingTimeout: Duration) { self.pingTimeout = pingTimeout }

    package mutating func begin(now: Instant) -> Action {
        guard case .serving = state else { return .ignore }
        state = .noticed(until: now + pingTimeout)
        return .sendNoticeAndPing
    }

    package mutating func ponged(_ opaque: UInt64) -> Action {
        guard case .noticed = state, opaque == Self.pingOpaque else { return .ignore }
        state = .final
        return .sendGoAway
    }

    package mutating func tick(now: Instant) -> Action {
        guard case .noticed(let until) = state, now >= until else { return .ignore }
        state = .final
        return .sendGoAway
    }

    /// When `tick` has something to do.
    package var nextTick: Instant? {
        if case .noticed(let until) = state { until } else { nil }
    }

    package var isDraining: Bool {
        if case .serving = state { false } else { true }
    }

    /// The last stream was named; what the peer opens now is not served.
    package var hasNamedLast: Bool {
        if case .final = state { true } else { false }
    }
}
