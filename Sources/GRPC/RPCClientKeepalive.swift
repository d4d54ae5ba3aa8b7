package import Base

/// Notices a server that died without a word (grpc/doc/keepalive.md): while calls are open, a PING
/// at every interval; a connection on which nothing at all arrives within the timeout after one is
/// dead.
///
///     resting ──calls open──► waiting(ping at) ──due──► probing(dead at) ──due──► dead
///         ▲                      │    ▲                      │
///         └────── no calls ──────┘    └─── anything heard ───┘
package struct RPCClientKeepalive: Sendable {
    private enum State {
        case resting
        case waiting(pingAt: Instant)
        case probing(sentAt: Instant)
        case dead
    }

    package enum Action: Equatable, Sendable { case sendPing, giveUp, ignore }

    /// What our PINGs carry.
    package static let pingOpaque: UInt64 = 0x7065_6e73_6b65_6570

    private let interval: Duration
    private let timeout: Duration
    private var state = State.resting

    package init(interval: Duration, timeout: Duration) {
        (self.interval, self.timeout) = (interval, timeout)
    }

    /// Bytes arrived, whatever they say.
    package mutating func heard() {
        guard case .probing(let sentAt) = state else { return }
        state = .waiting(pingAt: sentAt + interval)
    }

    package mutating func tick(now: Instant, hasCalls: Bool) -> Action {
        switch state {
        case .dead: return .ignore
        case .resting, .waiting, .probing:
            if !hasCalls {
                state = .resting
                return .ignore
            }
        }
        switch state {
        case .resting: state = .waiting(pingAt: now + interval)
        case .waiting(let pingAt) where now >= pingAt:
            state = .probing(sentAt: now)
            return .sendPing
        case .probing(let sentAt) where now >= sentAt + timeout:
            state = .dead
            return .giveUp
        case .waiting, .probing, .dead: break
        }
        return .ignore
    }

    /// When `tick` has something to do; nil: never, as things stand.
    package var nextTick: Instant? {
        switch state {
        case .resting, .dead: nil
        case .waiting(let pingAt): pingAt
        case .probing(let sentAt): sentAt + timeout
        }
    }
}
