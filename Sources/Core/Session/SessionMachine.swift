package import Base
package import Schema
internal import Streams

/// The protocol of one session: who may say what when, how often, and how much.
///
///     awaiting hello ──hello──► open ──drain──► open until the deadline ──► ended
///           │  other, silence    │ second hello, flood, end
///           └────────────────────┴──────────────────────────────────────► ended
///
/// Every request of an open session gets one answer, in order; the number that `answers` says is
/// counted here. What subscriptions exist is told by the shell, which asks the topics: a
/// subscription of which nothing was accepted never existed.
package struct SessionMachine: ~Copyable {
    struct Open {
        var heartbeat: Duration
        var heartbeatDue: Instant
        /// Set while draining.
        var drainsAt: Instant?
        /// Topics of each living subscription.
        var topics: [UInt32: Int] = [:]

        var topicCount: Int { topics.values.reduce(0, +) }
    }

    private enum State {
        case awaitingHello(until: Instant)
        case open(Open)
        case ended
    }

    let limits: SessionLimits
    private let requestRate: Rate
    private var pace = Pace()
    private var state: State
    /// Requests so far.
    private var requests: UInt64 = 0

    package init(limits: SessionLimits, at now: Instant) {
        self.limits = limits
        requestRate = Rate(perSecond: limits.requestsPerSecond, burst: limits.requestsAtOnce)
        state = .awaitingHello(until: now + limits.helloTimeout)
    }

    package var isOpen: Bool { if case .open = state { true } else { false } }
    package var isEnded: Bool { if case .ended = state { true } else { false } }

    package var summary: String {
        switch state {
        case .awaitingHello: "awaiting hello"
        case .open(let open):
            "open, \(open.topics.count) subscriptions of \(open.topicCount) topics"
                + (open.drainsAt == nil ? "" : ", draining")
        case .ended: "ended"
        }
    }

    /// When `tick` wants to be called; nil: never.
    package var nextTick: Instant? {
        switch state {
        case .awaitingHello(let limit): limit
        case .open(let open): open.drainsAt.map { min($0, open.heartbeatDue) } ?? open.heartbeatDue
        case .ended: nil
        }
    }

    // MARK: Events

    /// - Parameter bytes: size of the encoded request.
    package mutating func received(
        _ request: SessionRequest, bytes: Int, at now: Instant, into actions: inout [SessionAction]
    ) {
        if isEnded { return }
        requests += 1
        guard pace.takeIfDue(at: now, requestRate) else {
            actions.append(.count(.requestRate))
            let text =
                "more than \(limits.requestsPerSecond) requests a second; the session ends"
            actions.append(.refuse(answers: requests, Refusal(.exhausted, text)))
            return finish(.tooManyRequests(perSecond: limits.requestsPerSecond), into: &actions)
        }
        switch state {
        case .awaitingHello:
            guard case .hello(let hello)? = request.request else {
                return finish(.invalid("the first message of a session is hello"), into: &actions)
            }
            greeted(hello, bytes: bytes, at: now, into: &actions)
        case .open(var open):
            if case .hello? = request.request {
                return finish(.invalid("a session has one hello"), into: &actions)
            }
            actions.append(answer(to: request, bytes: bytes, &open, into: &actions))
            state = .open(open)
        case .ended: break
        }
    }

    /// Topics of a subscription now; 0: it does not exist.
    package mutating func changed(_ id: UInt32, topics: Int) {
        guard case .open(var open) = state else { return }
        open.topics[id] = topics > 0 ? topics : nil
        state = .open(open)
    }

    package mutating func clientEnded(into actions: inout [SessionAction]) {
        switch state {
        case .awaitingHello:
            finish(.invalid("the session ended without a hello"), into: &actions)
        case .open: finish(.clientEnded, into: &actions)
        case .ended: break
        }
    }

    /// The client cannot be reached any more.
    package mutating func cancelled() { state = .ended }

    /// The server will go. Told once; a later deadline changes nothing.
    package mutating func drain(until deadline: Instant, into actions: inout [SessionAction]) {
        switch state {
        case .awaitingHello: finish(.drained, into: &actions)
        case .open(var open):
            guard open.drainsAt == nil else { return }
            open.drainsAt = deadline
            state = .open(open)
            actions.append(.drain(until: deadline))
        case .ended: break
        }
    }

    package mutating func tick(at now: Instant, into actions: inout [SessionAction]) {
        switch state {
        case .awaitingHello(let limit):
            guard limit <= now else { return }
            actions.append(.count(.helloTimeout))
            finish(.silent(limit: limits.helloTimeout), into: &actions)
        case .open(var open):
            if let drainsAt = open.drainsAt, drainsAt <= now {
                return finish(.drained, into: &actions)
            }
            guard open.heartbeatDue <= now else { return }
            open.heartbeatDue = now + open.heartbeat
            state = .open(open)
            actions.append(.heartbeat)
        case .ended: break
        }
    }

    private mutating func finish(_ end: SessionEnd, into actions: inout [SessionAction]) {
        state = .ended
        actions.append(.finish(end))
    }

    // MARK: Hello

    private mutating func greeted(
        _ hello: Hello, bytes: Int, at now: Instant, into actions: inout [SessionAction]
    ) {
        do throws(Refusal) {
            try checkSize(bytes, into: &actions)
            let plan = try plan(of: hello, into: &actions)
            state = .open(Open(heartbeat: plan.heartbeat, heartbeatDue: now + plan.heartbeat))
            actions.append(.welcome(answers: requests, plan))
        } catch {
            // It may be said again, in time.
            actions.append(.refuse(answers: requests, error))
        }
    }

    func checkSize(_ bytes: Int, into actions: inout [SessionAction]) throws(Refusal) {
        guard bytes > limits.requestBytesMax else { return }
        actions.append(.count(.requestBytes))
        throw Refusal(
            .exhausted, "a request of \(bytes) bytes; at most \(limits.requestBytesMax) are allowed"
        )
    }

    /// The answer to what is not a hello; exactly one.
    private func answer(
        to request: SessionRequest, bytes: Int, _ open: inout Open,
        into actions: inout [SessionAction]
    ) -> SessionAction {
        do throws(Refusal) {
            try checkSize(bytes, into: &actions)
            return try answer(to: request, number: requests, open, into: &actions)
        } catch {
            return .refuse(answers: requests, error)
        }
    }
}
