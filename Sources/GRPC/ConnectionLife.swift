package import Base

/// How long a server's connection lives: until it is `ageMax` old, was without calls for `idleMax`,
/// or the server shuts down. Then it drains, and calls that outlive the grace are ended.
///
///     serving ──age / idle / shutDown──► draining(deadline) ──► ending(until) ──► over
package struct ConnectionLife: Sendable {
    package enum Reason: Equatable, Sendable { case age, idle, shutdown }

    package enum Action: Equatable, Sendable {
        /// Announce the end; calls may go on until `deadline`.
        case beginDrain(Reason, deadline: Instant)
        /// The grace is over: end what is left.
        case endCalls
        /// What was ended had its time to leave.
        case closeConnection
        case ignore
    }

    private enum State {
        case serving
        case draining(deadline: Instant)
        case ending(until: Instant)
        case over
    }

    /// Statuses of ended calls are a few packets.
    package static let lingerMax = Duration.seconds(1)

    private var state = State.serving
    private let oldAt: Instant?
    private let ageGrace: Duration
    private let idleMax: Duration?
    private var idleSince: Instant

    /// `jitter`: from -1 to 1, moves the age by up to a tenth, so that clients who came together do
    /// not leave together.
    package init(
        ageMax: Duration?, ageGrace: Duration, idleMax: Duration?, jitter: Double, now: Instant
    ) {
        precondition(abs(jitter) <= 1, "a jitter of \(jitter)")
        oldAt = ageMax.map {
            now + .nanoseconds(Int64(Double($0.wholeNanoseconds) * (1 + jitter / 10)))
        }
        self.ageGrace = ageGrace
        self.idleMax = idleMax
        idleSince = now
    }

    /// The last open call ended.
    package mutating func becameIdle(now: Instant) { idleSince = now }

    /// The server goes; a drain that has begun only becomes shorter.
    package mutating func shutDown(now: Instant, grace: Duration) -> Action {
        let deadline = now + grace
        switch state {
        case .serving:
            state = .draining(deadline: deadline)
            return .beginDrain(.shutdown, deadline: deadline)
        case .draining(let earlier): state = .draining(deadline: min(earlier, deadline))
        case .ending, .over: break
        }
        return .ignore
    }

    package mutating func tick(now: Instant, openCalls: Int) -> Action {
        switch state {
        case .serving:
            if let oldAt, now >= oldAt { return beginDrain(.age, now: now) }
            guard let idleMax, openCalls == 0, now - idleSince >= idleMax else { return .ignore }
            return beginDrain(.idle, now: now)
        case .draining(let deadline):
            guard now >= deadline else { return .ignore }
            state = .ending(until: now + Self.lingerMax)
            return .endCalls
        case .ending(let until):
            guard now >= until else { return .ignore }
            state = .over
            return .closeConnection
        case .over: return .ignore
        }
    }

    private mutating func beginDrain(_ reason: Reason, now: Instant) -> Action {
        state = .draining(deadline: now + ageGrace)
        return .beginDrain(reason, deadline: now + ageGrace)
    }

    /// When `tick` has something to do.
    package func nextTick(openCalls: Int) -> Instant? {
        switch state {
        case .serving:
            let idleAt = openCalls == 0 ? idleMax.map { idleSince + $0 } : nil
            return .earlier(idleAt, oldAt)
        case .draining(let deadline): return deadline
        case .ending(let until): return until
        case .over: return nil
        }
    }

    /// Until when open calls may go on; nil: nothing ends them.
    package var deadline: Instant? {
        switch state {
        case .serving: nil
        case .draining(let deadline): deadline
        case .ending(let until): until
        case .over: Instant(nanoseconds: .min)
        }
    }
}
