internal import Base
internal import HTTP2

/// The manners of a server's connection in one machine: keepalive, slow readers, age and idleness,
/// and the orderly end. Its parts decide; this orders them and says when to be asked again.
struct ConnectionManners: ~Copyable {
    enum Action: Equatable {
        case sendNoticeAndPing
        case sendGoAway
        case sendKeepalivePing
        /// Tell every call, now and to come, that it has until then.
        case tellCalls(deadline: Instant)
        case endCalls
        /// Look for streams and messages that do not move.
        case lookForStalls
        case note(RPCLimit)
        /// Close, after the output has left. Calls are cancelled.
        case closeConnection
        /// Close at once: nobody is there to read.
        case abandonConnection
    }

    /// What the machine is told of the connection.
    struct View {
        var openCalls: Int
        /// Bytes that wait for the socket.
        var outputBytes: Int
        /// Bytes that the socket ever took.
        var takenBytes: UInt64
    }

    /// What exists from the first byte on.
    private struct Watch {
        var keepalive: Keepalive
        var output: OutputWatch
        var life: ConnectionLife
        var nextLook: Instant
    }

    private let limits: RPCLimits
    private let jitter: Double
    private var watch: Watch?
    private(set) var drain: ConnectionDrain

    init(_ limits: RPCLimits, jitter: Double) {
        self.limits = limits
        self.jitter = jitter
        drain = ConnectionDrain(pingTimeout: limits.drainPingTimeout)
    }

    /// Bytes arrived.
    mutating func received(now: Instant) {
        if watch == nil { begin(now: now) } else { watch?.keepalive.received(now: now) }
    }

    private mutating func begin(now: Instant) {
        let output = OutputWatch(limit: limits.outputStallMax)
        watch = Watch(
            keepalive: Keepalive(
                interval: limits.keepaliveInterval, timeout: limits.keepaliveTimeout, now: now),
            output: output,
            life: ConnectionLife(
                ageMax: limits.connectionAgeMax, ageGrace: limits.connectionAgeGrace,
                idleMax: limits.connectionIdleMax, jitter: jitter, now: now),
            nextLook: now + output.interval)
    }

    mutating func becameIdle(now: Instant) { watch?.life.becameIdle(now: now) }

    /// One of our PINGs came back.
    mutating func ponged(_ opaque: UInt64, into actions: inout [Action]) {
        if drain.ponged(opaque) == .sendGoAway { actions.append(.sendGoAway) }
    }

    /// The server goes.
    mutating func shutDown(now: Instant, grace: Duration, into actions: inout [Action]) {
        if watch == nil { begin(now: now) }
        if let action = watch?.life.shutDown(now: now, grace: grace) {
            apply(action, now: now, into: &actions)
        }
    }

    mutating func tick(now: Instant, _ view: View, into actions: inout [Action]) {
        if drain.tick(now: now) == .sendGoAway { actions.append(.sendGoAway) }
        guard var watch else { return }
        switch watch.keepalive.tick(now: now) {
        case .sendPing: actions.append(.sendKeepalivePing)
        case .closeConnection: actions += [.note(.keepalive), .abandonConnection]
        case .ignore: break
        }
        if now >= watch.nextLook {
            watch.nextLook = now + watch.output.interval
            let action = watch.output.looked(
                now: now, waiting: view.outputBytes, taken: view.takenBytes)
            if action == .closeConnection {
                actions += [.note(.stalledOutput), .abandonConnection]
            } else {
                actions.append(.lookForStalls)
            }
        }
        let action = watch.life.tick(now: now, openCalls: view.openCalls)
        self.watch = watch
        apply(action, now: now, into: &actions)
    }

    private mutating func apply(
        _ action: ConnectionLife.Action, now: Instant, into actions: inout [Action]
    ) {
        switch action {
        case .beginDrain(let reason, let deadline):
            switch reason {
            case .age: actions.append(.note(.connectionAge))
            case .idle: actions.append(.note(.connectionIdle))
            case .shutdown: break
            }
            if drain.begin(now: now) == .sendNoticeAndPing { actions.append(.sendNoticeAndPing) }
            actions.append(.tellCalls(deadline: deadline))
        case .endCalls: actions.append(.endCalls)
        case .closeConnection: actions.append(.closeConnection)
        case .ignore: break
        }
    }

    /// When `tick` has something to do.
    func nextTick(openCalls: Int) -> Instant? {
        guard let watch else { return drain.nextTick }
        return .earlier(
            .earlier(drain.nextTick, watch.keepalive.nextTick),
            .earlier(watch.nextLook, watch.life.nextTick(openCalls: openCalls)))
    }

    /// Until when open calls may go on; nil: nothing ends them.
    var deadline: Instant? { watch?.life.deadline }
}
