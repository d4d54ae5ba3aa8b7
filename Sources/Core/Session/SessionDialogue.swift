package import Base
internal import Runtime
package import Schema
internal import Streams

/// One session as the client and the hub see it: carries out what its machine decides, and tells
/// the client what becomes of its topics. Which protocol carries the messages it never learns.
///
///     request ─► SessionMachine ─► actions ─► Session (rows, cursors) ─► topics
///        ▲                                         │ frames, shared          │
///     client ◄── answers, in order ◄── here ◄──────┴── caught up, closed ◄───┘
///
/// An answer is on its way before anything that follows from it. Confined to the hub's loop.
package final class SessionDialogue {
    struct Living {
        var plan: SubscriptionPlan
        /// By the name that the client wrote, in its order.
        var parts: [(name: String, subscription: Subscription)]
    }

    let hub: Hub
    let session: Session
    unowned let output: any SessionOutput
    let identity: any SessionIdentity
    let metrics: SessionMetrics
    let limits: SessionLimits
    var machine: SessionMachine
    var living: [UInt32: Living] = [:]
    /// The last acknowledged position, by topic number.
    var acknowledged: [UInt32: Position] = [:]
    private let number: UInt64
    /// As the client calls itself.
    package private(set) var client = ""
    private var timer: TimerID?
    private var isCounted = false
    private var isHeartbeatDue = false
    private var isRefreshing = false

    /// - Parameter output: keeps this object until it is told to finish, and is not kept.
    package init(
        hub: Hub, codec: Codec, output: any SessionOutput, identity: any SessionIdentity,
        limits: SessionLimits, takesGzip: Bool = false
    ) {
        self.hub = hub
        self.output = output
        self.identity = identity
        metrics = hub.metrics.sessions
        self.limits = limits
        number = hub.freshEpoch()
        machine = SessionMachine(limits: limits, at: hub.turn.instant())
        let session = ObservedSession(codec: codec, sink: output, takesGzip: takesGzip)
        self.session = session
        session.watcher = self
        setTimer()
    }

    package var summary: String {
        client.isEmpty ? machine.summary : "\(client): \(machine.summary)"
    }

    // MARK: Events

    /// - Parameter bytes: size of the encoded request.
    package func received(_ request: SessionRequest, bytes: Int) {
        metrics.requests.add()
        hub.hearNews()
        var actions: [SessionAction] = []
        machine.received(request, bytes: bytes, at: hub.turn.instant(), into: &actions)
        perform(actions)
        setTimer()
    }

    package func clientEnded() {
        var actions: [SessionAction] = []
        machine.clientEnded(into: &actions)
        perform(actions)
    }

    /// The client is gone: nothing is sent any more.
    package func cancelled() {
        machine.cancelled()
        end()
    }

    package func becameWritable() {
        if isHeartbeatDue { sendHeartbeat() }
        session.becameWritable()
    }

    /// The server will end the call at `deadline`; the client is told when the session ends, which
    /// is somewhat earlier, with a resume token.
    package func draining(deadline: Instant) {
        var actions: [SessionAction] = []
        let now = hub.turn.instant()
        let left = max(deadline - now, .zero)
        machine.drain(until: now + max(left - limits.drainMargin, left / 2), into: &actions)
        perform(actions)
        setTimer()
    }

    /// What the client may have has changed: topics that are no longer allowed end.
    package func permissionsChanged() {
        // The answer to a refresh comes before what follows from it.
        if isRefreshing { return }
        for (id, entry) in living.sorted(by: { $0.key < $1.key }) {
            for (name, subscription) in entry.parts
            where !identity.allows(topic: subscription.topic.name) {
                // A full queue ends the session while it is being told.
                if session.isEnded { return }
                session.remove(subscription)
                let rejection = RejectedTopic(
                    name: name, code: Refusal.Reason.forbidden.rawValue,
                    message: "\(name) is no longer allowed")
                output.send(
                    Update(topic: subscription.topic.number, payload: .rejected(rejection)))
                forget(subscription, of: id)
            }
        }
    }

    // MARK: Carrying out

    private func perform(_ actions: [SessionAction]) {
        for action in actions {
            // An answer that finds the queue full ends the session.
            if session.isEnded { return }
            switch action {
            case .welcome(let answers, let plan): welcome(answers, plan)
            case .open(let answers, let plan): open(answers, plan)
            case .change(let answers, let change): self.change(answers, change)
            case .close(let answers, let id, let topics): close(answers, id, topics)
            case .acknowledge(let answers, let positions): acknowledge(answers, positions)
            case .refresh(let answers, let token): refresh(answers, token)
            case .pong(let answers, let nonce):
                say(answers, .pong(Pong(nonce: nonce, time: wallTime())))
            case .check(let answers, let id, let topic): check(answers, id, topic)
            case .refuse(let answers, let refusal): refuse(answers, refusal)
            case .heartbeat:
                session.closeLost()
                sendHeartbeat()
            case .drain(let deadline): sayDrain(deadline)
            case .count(let limit): metrics.reached(limit)
            case .finish(let reason):
                end()
                output.finish(reason)
            }
        }
    }

    func say(_ answers: UInt64?, _ content: Control.Content) {
        if session.isEnded { return }
        output.send(Update(payload: .control(Control(answers: answers, content: content))))
    }

    func refuse(_ answers: UInt64, _ refusal: Refusal) {
        metrics.refused.add()
        say(answers, .refused(refusal))
    }

    func wallTime(_ instant: Instant? = nil) -> UInt64 {
        let ahead = instant.map { ($0 - hub.turn.instant()).wholeNanoseconds } ?? 0
        return UInt64(max(0, hub.now().nanoseconds + ahead))
    }

    private func welcome(_ answers: UInt64, _ plan: HelloPlan) {
        metrics.open.add(1)
        isCounted = true
        client = plan.client
        var fresh: [Subscription] = []
        let restored = plan.restored.map { start($0, &fresh) }
        say(
            answers,
            .welcome(
                Welcome(
                    session: number, server: hub.server, serverStartTime: wallTimeOfStart(),
                    protocolVersion: 1,
                    heartbeatMilliseconds: UInt32(clamping: plan.heartbeat.wholeMilliseconds),
                    limits: limits.message(closeLag: hub.limits.closeLagMax), restored: restored,
                    tokenRefused: plan.tokenRefused)))
        begin(fresh)
    }

    private func wallTimeOfStart() -> UInt64 { UInt64(max(0, hub.startTime.nanoseconds)) }

    private func refresh(_ answers: UInt64, _ token: String) {
        isRefreshing = true
        let result = Result { () throws(Refusal) in try identity.refresh(token: token) }
        isRefreshing = false
        switch result {
        case .success(let expiry):
            say(
                answers,
                .refreshed(Refreshed(expiryTime: expiry.map { UInt64(max(0, $0.nanoseconds)) })))
            permissionsChanged()
        case .failure(let refusal): refuse(answers, refusal)
        }
    }

    /// One at a time: while the stream does not take it, it is due, and of then.
    private func sendHeartbeat() {
        if session.isEnded { return }
        isHeartbeatDue = !output.trySend(
            Update(payload: .control(Control(content: .heartbeat(heartbeat())))))
    }

    private func sayDrain(_ deadline: Instant) {
        let token = resumeToken(of: living.keys.sorted())
        say(nil, .drain(Drain(deadline: wallTime(deadline), resumeToken: token)))
    }

    private func setTimer() {
        if let timer { hub.turn.cancel(timer) }
        timer = nil
        guard let due = machine.nextTick else { return }
        timer = hub.turn.schedule(after: max(due - hub.turn.instant(), .zero)) { [weak self] in
            self?.timerFired()
        }
    }

    private func timerFired() {
        timer = nil
        var actions: [SessionAction] = []
        machine.tick(at: hub.turn.instant(), into: &actions)
        perform(actions)
        setTimer()
    }

    private func end() {
        if let timer { hub.turn.cancel(timer) }
        timer = nil
        session.end()
        living = [:]
        if isCounted { metrics.open.add(-1) }
        isCounted = false
    }
}

extension SessionLimits {
    func message(closeLag: UInt64) -> Limits {
        Limits(
            subscriptions: UInt32(clamping: subscriptionsMax),
            topicsPerSubscription: UInt32(clamping: topicsPerSubscriptionMax),
            topics: UInt32(clamping: topicsMax),
            requestsPerSecond: UInt32(clamping: requestsPerSecond),
            requestsAtOnce: UInt32(clamping: requestsAtOnce),
            requestBytes: UInt32(clamping: requestBytesMax),
            closeLagUpdates: UInt32(clamping: closeLag),
            filterBytes: UInt32(clamping: filter.bytesMax),
            filterTerms: UInt32(clamping: filter.termsMax),
            filterDepth: UInt32(clamping: filter.depthMax),
            filterSymbols: UInt32(clamping: filter.symbolsMax))
    }
}
