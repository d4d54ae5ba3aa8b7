package import Base

/// Finds out whether a silent peer is still there: after `interval` without a byte from it a PING,
/// and after `timeout` more the connection is given up. Any byte counts as life.
///
///     heard(last) ──interval──► probing(until) ──timeout──► dead
///          └◄──────────any byte──────┘
package struct Keepalive: Sendable {
    private enum State {
        case heard(Instant)
        case probing(until: Instant)
        case dead
    }

    package enum Action: Equatable, Sendable { case sendPing, closeConnection, ignore }

    /// What our PING carries; the answer needs no recognition, because any byte will do.
    package static let pingOpaque: UInt64 = 0x6b65_6570_616c_6976

    private var state: State
    private let interval: Duration
    private let timeout: Duration

    package init(interval: Duration, timeout: Duration, now: Instant) {
        state = .heard(now)
        self.interval = interval
        self.timeout = timeout
    }

    @inline(__always)
    package mutating func received(now: Instant) {
        switch state {
        case .heard, .probing: state = .heard(now)
        // The connection is being closed; what comes too late changes nothing.
        case .dead: break
        }
    }

    package mutating func tick(now: Instant) -> Action {
        switch state {
        case .heard(let last):
            guard now - last >= interval else { return .ignore }
            state = .probing(until: now + timeout)
            return .sendPing
        case .probing(let until):
            guard now >= until else { return .ignore }
            state = .dead
            return .closeConnection
        case .dead: return .ignore
        }
    }

    /// When `tick` has something to do.
    package var nextTick: Instant? {
        switch state {
        case .heard(let last): last + interval
        case .probing(let until): until
        case .dead: nil
        }
    }
}
