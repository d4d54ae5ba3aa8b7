package import Base
package import HTTP2

/// The gRPC server's side of one connection: HTTP/2 events become calls and handlers. No I/O; the
/// shell brings bytes and time, and flushes `output` at the end of its turn.
///
/// Bounds: `HTTP2Limits` and `RPCLimits`. Confined to its loop.
package final class RPCServerConnection {
    package let peer: RPCPeer
    let http2: HTTP2Connection
    let router: RPCRouter
    let limits: RPCLimits
    let plain: (PlainRequest) -> PlainResponse
    var now = Instant(nanoseconds: 0)
    var arrivals = RPCArrivals()
    /// Calls with a deadline; ended ones are dropped when the list is looked through.
    var timed: [RPCCall] = []
    /// Never later than the earliest deadline of an open call.
    var earliestDeadline: Instant?
    /// Every open call by stream.
    var calls: [UInt32: RPCCall] = [:]
    /// Requests that are no calls and not yet whole, by stream.
    var unanswered: [UInt32: UnansweredRequest] = [:]
    /// The header block of the latest call, and what it says.
    var latest: (fields: [HTTP2Field], head: RPCHead)?
    /// Bytes of unfinished messages of all calls.
    var partialBytes = 0
    var manners: ConnectionManners
    /// Who made the first call that was admitted, as an interceptor found out.
    package internal(set) var firstCaller: AnyObject?
    /// The connection has to end for a reason that HTTP/2 does not know.
    var ending = Ending.none
    /// Told of every limit that the peer reached.
    package var limitReached: (RPCLimit) -> Void = { _ in }
    private var isSettling = false

    enum Ending { case none, afterFlush, atOnce }

    /// `wantsFlush` is called when the output turns from empty to not empty, if it belongs to no
    /// turn of a loop. `plain` answers requests that are not gRPC. The server's preface is in the
    /// output afterwards.
    package init(
        router: RPCRouter, output: OutputBuffer, peer: RPCPeer = RPCPeer(address: ""),
        http2Limits: HTTP2Limits = HTTP2Limits(), limits: RPCLimits = RPCLimits(),
        ageJitter: Double = 0,
        wantsFlush: @escaping () -> Void = {},
        plain: @escaping (PlainRequest) -> PlainResponse
    ) {
        self.router = router
        self.peer = peer
        self.limits = limits
        self.plain = plain
        http2 = HTTP2Connection(
            role: .server, limits: http2Limits, output: output, wantsFlush: wantsFlush)
        manners = ConnectionManners(limits, jitter: ageJitter)
        http2.limitReached = { [unowned self] in limitReached(.transport($0)) }
        http2.flush()
    }

    /// Handlers may hold their calls, which hold them.
    deinit { for call in calls.values { call.handler = nil } }

    /// Inbound bytes, cut anywhere.
    package func received(_ bytes: RawSpan, now: Instant) {
        self.now = now
        manners.received(now: now)
        http2.receive(bytes, now: now)
        settle()
    }

    /// The socket did not take everything: nothing is framed until `outputDrained`.
    package var outputBlocked: Bool {
        get { http2.outputBlocked }
        set { http2.outputBlocked = newValue }
    }

    /// All output has left: sends what was queued, then tells handlers that were refused.
    package func outputDrained() {
        http2.outputDrained()
        settle()
    }

    /// Something waits for room in the output.
    package var waitsForOutput: Bool { http2.waitsForOutput }

    /// Told once when something begins to wait for room in the output: `outputDrained` must follow
    /// after the output has left, even if the socket is never blocked.
    package var awaitsOutput: () -> Void {
        get { http2.awaitsOutput }
        set { http2.awaitsOutput = newValue }
    }

    /// Does what time demands: deadlines, keepalive, age. Returns when to be called next.
    package func tick(now: Instant) -> Instant? {
        self.now = now
        tickManners()
        if let earliestDeadline, earliestDeadline <= now { endLateCalls() }
        settle()
        return nextTick
    }

    private func endLateCalls() {
        let open = timed.filter(\.isOpen)
        timed = []
        earliestDeadline = nil
        for call in open {
            guard let deadline = call.deadline else { continue }
            if deadline <= now { deadlinePassed(call) } else { addTimed(call, deadline) }
        }
    }

    /// When `tick` is due; nil: never. O(1); possibly early when calls have ended.
    package var nextTick: Instant? {
        .earlier(
            .earlier(earliestDeadline, http2.nextTick), manners.nextTick(openCalls: calls.count))
    }

    /// Ends every open call with this status; handlers are told as of a cancellation.
    package func finishCalls(_ status: RPCStatus) {
        for call in calls.values.sorted(by: { $0.stream.id < $1.stream.id }) {
            cancel(call, status)
        }
    }

    package var callCount: Int { calls.count }

    /// Close the socket after the output has left.
    package var isFinished: Bool { http2.isFinished || ending != .none }

    /// Nobody reads what is in the output: close the socket at once.
    package var isAbandoned: Bool { ending == .atOnce }

    package var failure: HTTP2Error? { http2.failure }

    /// The socket is gone: every handler is cancelled.
    package func connectionLost() {
        http2.connectionLost()
        settle()
    }

    /// Sends and handles events until there are none. Calls from inside a handler only leave work
    /// for the loop that is already running.
    func settle() {
        guard !isSettling else { return }
        isSettling = true
        defer { isSettling = false }
        while true {
            http2.flush()
            let batch = http2.takeEvents()
            if batch.events.isEmpty { return http2.recycle(batch) }
            for event in batch.events { handle(event, batch) }
            http2.recycle(batch)
        }
    }

    private func handle(_ event: HTTP2Event, _ batch: borrowing HTTP2EventBatch) {
        switch event {
        case .headers(let stream, let fields, let isTooLarge):
            receivedHeaders(fields, isTooLarge: isTooLarge, on: stream)
            tellIfDraining(stream.id)
        case .data(let stream, let range):
            guard let call = calls[stream.id] else {
                return receivedUnwanted(range.count, on: stream)
            }
            batch.withBytes(range) { receivedData($0, on: call) }
        case .ended(let stream):
            guard let call = calls[stream.id] else { return becameWhole(stream) }
            receivedEnd(on: call)
        case .closed(let stream, _):
            unanswered[stream.id] = nil
            closed(stream)
            if calls.isEmpty { manners.becameIdle(now: now) }
        case .writable(let stream):
            guard let call = calls[stream.id], call.isOpen else { return }
            call.handler?.becameWritable(call)
        case .pong(let opaque): ponged(opaque)
        case .goAway, .failed: break
        }
    }
}
