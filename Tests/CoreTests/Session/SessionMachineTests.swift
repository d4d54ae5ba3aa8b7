import Base
import Schema
import Streams
import Testing

@testable import Core

@Suite struct SessionMachineTests {
    enum Stage: CaseIterable { case awaitingHello, open, draining, ended }

    static let start = Instant(nanoseconds: 1_000_000_000)

    static func machine(in stage: Stage, limits: SessionLimits = SessionLimits()) -> SessionMachine
    {
        var machine = SessionMachine(limits: limits, at: start)
        var actions: [SessionAction] = []
        if stage == .awaitingHello { return machine }
        machine.received(hello, bytes: 10, at: start, into: &actions)
        if stage == .draining { machine.drain(until: start + .seconds(15), into: &actions) }
        if stage == .ended { machine.cancelled() }
        return machine
    }

    static let hello = SessionRequest(request: .hello(Hello(protocolVersion: 1)))
    static let ping = SessionRequest(request: .ping(Ping(nonce: 7)))

    static func subscribe(_ id: UInt32, _ topics: [String] = ["tick:binance:BTC/USDT"])
        -> SessionRequest
    {
        SessionRequest(request: .subscribe(SubscribeTopics(id: id, topics: topics)))
    }

    func actions(
        _ stage: Stage, limits: SessionLimits = SessionLimits(),
        _ body: (inout SessionMachine, inout [SessionAction]) -> Void
    ) -> [SessionAction] {
        var machine = Self.machine(in: stage, limits: limits)
        var actions: [SessionAction] = []
        body(&machine, &actions)
        return actions
    }

    func send(
        _ request: SessionRequest, in stage: Stage = .open, limits: SessionLimits = SessionLimits()
    ) -> [SessionAction] {
        actions(stage, limits: limits) {
            $0.received(request, bytes: 10, at: Self.start, into: &$1)
        }
    }

    func refusal(_ request: SessionRequest, in stage: Stage = .open) -> Refusal? {
        for case .refuse(_, let refusal) in send(request, in: stage) { return refusal }
        return nil
    }

    // MARK: States and events

    @Test(arguments: Stage.allCases)
    func `hello opens a session, once`(stage: Stage) {
        let actions = send(Self.hello, in: stage)
        switch stage {
        case .awaitingHello:
            guard case .welcome(1, let plan)? = actions.first else {
                Issue.record("not welcome")
                return
            }
            #expect(plan.heartbeat == .seconds(30) && plan.restored.isEmpty)
        case .open, .draining:
            #expect(actions == [.finish(.invalid("a session has one hello"))])
        case .ended: #expect(actions.isEmpty)
        }
    }

    @Test(arguments: Stage.allCases)
    func `a request is answered while the session is open, draining or not`(stage: Stage) {
        let actions = send(Self.ping, in: stage)
        switch stage {
        case .awaitingHello:
            #expect(actions == [.finish(.invalid("the first message of a session is hello"))])
        case .open, .draining: #expect(actions == [.pong(answers: 2, nonce: 7)])
        case .ended: #expect(actions.isEmpty)
        }
    }

    @Test(arguments: Stage.allCases)
    func `the client's end ends the session`(stage: Stage) {
        let actions = actions(stage) { $0.clientEnded(into: &$1) }
        switch stage {
        case .awaitingHello:
            #expect(actions == [.finish(.invalid("the session ended without a hello"))])
        case .open, .draining: #expect(actions == [.finish(.clientEnded)])
        case .ended: #expect(actions.isEmpty)
        }
    }

    @Test(arguments: Stage.allCases)
    func `drain is told once, and ends whoever said nothing yet`(stage: Stage) {
        let deadline = Self.start + .seconds(10)
        let actions = actions(stage) { $0.drain(until: deadline, into: &$1) }
        switch stage {
        case .awaitingHello: #expect(actions == [.finish(.drained)])
        case .open: #expect(actions == [.drain(until: deadline)])
        case .draining, .ended: #expect(actions.isEmpty)
        }
    }

    @Test(arguments: Stage.allCases)
    func `time brings heartbeats, and the end of a drain`(stage: Stage) {
        let ticks = [5, 11, 20, 31].map { second in
            actions(stage) { $0.tick(at: Self.start + .seconds(second), into: &$1) }
        }
        switch stage {
        case .awaitingHello:
            let silent: [SessionAction] = [
                .count(.helloTimeout), .finish(.silent(limit: .seconds(10))),
            ]
            #expect(ticks == [[], silent, silent, silent])
        case .open: #expect(ticks == [[], [], [], [.heartbeat]])
        case .draining:
            #expect(ticks == [[], [], [.finish(.drained)], [.finish(.drained)]])
        case .ended: #expect(ticks == [[], [], [], []])
        }
    }

    @Test(arguments: Stage.allCases)
    func `the next tick is when there is something to do`(stage: Stage) {
        let machine = Self.machine(in: stage)
        let expected: Duration? =
            switch stage {
            case .awaitingHello: .seconds(10)
            case .open: .seconds(30)
            case .draining: .seconds(15)
            case .ended: nil
            }
        #expect(machine.nextTick == expected.map { Self.start + $0 })
    }

    @Test func `heartbeats come again and again`() {
        var machine = Self.machine(in: .open)
        var count = 0
        for second in 0..<100 {
            var actions: [SessionAction] = []
            machine.tick(at: Self.start + .seconds(second), into: &actions)
            count += actions.count
        }
        #expect(count == 3)
    }

    @Test func `a refused hello may be said again`() {
        var machine = Self.machine(in: .awaitingHello)
        var actions: [SessionAction] = []
        let future = SessionRequest(request: .hello(Hello(protocolVersion: 2)))
        machine.received(future, bytes: 9, at: Self.start, into: &actions)
        guard case .refuse(1, let refusal)? = actions.first else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.code == 12 && refusal.field == "protocol")
        machine.received(Self.hello, bytes: 9, at: Self.start, into: &actions)
        guard case .welcome(2, _)? = actions.last else {
            Issue.record("not welcome")
            return
        }
    }

    @Test func `answers are numbered as the requests came`() {
        var machine = Self.machine(in: .open)
        var actions: [SessionAction] = []
        for _ in 0..<3 { machine.received(Self.ping, bytes: 9, at: Self.start, into: &actions) }
        machine.received(SessionRequest(), bytes: 0, at: Self.start, into: &actions)
        let pongs: [SessionAction] = (2...4).map { .pong(answers: $0, nonce: 7) }
        #expect(Array(actions.prefix(3)) == pongs)
        guard case .refuse(5, let refusal)? = actions.last else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.code == 12)
    }

    // MARK: Options

    @Test(arguments: [
        (Hello(), "protocol"),
        (Hello(protocolVersion: 1, client: String(repeating: "x", count: 129)), "client"),
        (Hello(protocolVersion: 1, heartbeatMilliseconds: 999), "heartbeat_milliseconds"),
        (Hello(protocolVersion: 1, heartbeatMilliseconds: 300_001), "heartbeat_milliseconds"),
    ])
    func `a hello out of bounds is refused by field`(hello: Hello, field: String) {
        let refusal = refusal(SessionRequest(request: .hello(hello)), in: .awaitingHello)
        #expect(refusal?.field == field && refusal?.code == 3)
    }

    @Test(arguments: [1000, 300_000])
    func `a heartbeat within the bounds is taken`(milliseconds: UInt32) {
        let hello = Hello(protocolVersion: 1, heartbeatMilliseconds: milliseconds)
        let actions = send(SessionRequest(request: .hello(hello)), in: .awaitingHello)
        guard case .welcome(_, let plan)? = actions.first else {
            Issue.record("not welcome")
            return
        }
        #expect(plan.heartbeat == .milliseconds(Int(milliseconds)))
    }

    static let wrong: [(SubscribeTopics, String)] = [
        (SubscribeTopics(topics: ["a"]), "id"), (SubscribeTopics(id: 0, topics: ["a"]), "id"),
        (SubscribeTopics(id: 1), "topics"),
        (SubscribeTopics(id: 1, topics: ["a"], fields: ["bids", "price tag"]), "fields[1]"),
        (SubscribeTopics(id: 1, topics: ["a"], fields: ["*", "bids"]), "fields[0]"),
        (SubscribeTopics(id: 1, topics: ["a"], fields: ["bids", "bids"]), "fields"),
        (SubscribeTopics(id: 1, topics: ["a"], rate: RequestedRate()), "rate"),
        (
            SubscribeTopics(
                id: 1, topics: ["a"], rate: RequestedRate(preset: 2, updatesPerSecond: 3)), "rate"
        ),
        (SubscribeTopics(id: 1, topics: ["a"], rate: RequestedRate(preset: 0)), "rate.preset"),
        (SubscribeTopics(id: 1, topics: ["a"], rate: RequestedRate(preset: 6)), "rate.preset"),
        (
            SubscribeTopics(id: 1, topics: ["a"], rate: RequestedRate(preset: 2, burst: 3)),
            "rate.burst"
        ),
        (
            SubscribeTopics(id: 1, topics: ["a"], rate: RequestedRate(minIntervalMilliseconds: 0)),
            "rate.min_interval_milliseconds"
        ),
        (
            SubscribeTopics(
                id: 1, topics: ["a"], rate: RequestedRate(minIntervalMilliseconds: 60_001)),
            "rate.min_interval_milliseconds"
        ),
        (
            SubscribeTopics(id: 1, topics: ["a"], rate: RequestedRate(updatesPerSecond: 1001)),
            "rate.updates_per_second"
        ),
        (
            SubscribeTopics(
                id: 1, topics: ["a"], rate: RequestedRate(updatesPerSecond: 9, burst: 0)),
            "rate.burst"
        ),
        (SubscribeTopics(id: 1, topics: ["a"], start: 3), "start"),
        (SubscribeTopics(id: 1, topics: ["a"], overflow: -1), "overflow"),
        (
            SubscribeTopics(
                id: 1, topics: ["a"], positions: [TopicPosition(topic: "b", epoch: 1)]),
            "positions[0].topic"
        ),
        (
            SubscribeTopics(id: 1, topics: ["a"], positions: [TopicPosition(topic: "a")]),
            "positions[0].epoch"
        ),
        (
            SubscribeTopics(
                id: 1, topics: ["a"],
                positions: [
                    TopicPosition(topic: "a", epoch: 1), TopicPosition(topic: "a", epoch: 1),
                ]), "positions[1].topic"
        ),
    ]

    @Test(arguments: wrong)
    func `an option that is wrong or unknown is refused by field`(
        wish: SubscribeTopics, field: String
    ) {
        let refusal = refusal(SessionRequest(request: .subscribe(wish)))
        #expect(refusal?.field == field && refusal?.code == 3)
        #expect(refusal?.id == wish.id)
        #expect(refusal?.message?.isEmpty == false)
    }

    @Test func `everything that may be asked is understood`() {
        let wish = SubscribeTopics(
            id: 9, topics: ["a", "b"], fields: ["bids", "price"],
            rate: RequestedRate(updatesPerSecond: 60, burst: 100), start: 2,
            positions: [TopicPosition(topic: "b", epoch: 5, sequence: 6)], overflow: 3)
        guard case .open(2, let plan)? = send(SessionRequest(request: .subscribe(wish))).first
        else {
            Issue.record("not opened")
            return
        }
        #expect(plan.rate == .pro && plan.start == .live && plan.overflow == .close)
        #expect(plan.fields == .named(["bids", "price"]))
        #expect(plan.positions == ["b": Position(epoch: 5, sequence: 6)])
    }

    @Test(arguments: [
        SessionRequest(request: .update(UpdateSubscription(id: 4, fields: ["bids"]))),
        SessionRequest(request: .unsubscribe(Unsubscribe(id: 4))),
        SessionRequest(request: .unsubscribe(Unsubscribe())),
    ])
    func `what does not exist cannot be changed or ended`(request: SessionRequest) {
        #expect(refusal(request)?.code == 5)
    }

    @Test func `a change of nothing and an empty acknowledgement are refused`() {
        var machine = Self.machine(in: .open)
        var actions: [SessionAction] = []
        machine.changed(4, topics: 1)
        let nothing = SessionRequest(request: .update(UpdateSubscription(id: 4)))
        machine.received(nothing, bytes: 9, at: Self.start, into: &actions)
        machine.received(
            SessionRequest(request: .ack(Ack())), bytes: 9, at: Self.start, into: &actions)
        machine.received(
            SessionRequest(request: .authRefresh(AuthRefresh())), bytes: 9, at: Self.start,
            into: &actions)
        let codes = actions.map { action -> UInt32? in
            if case .refuse(_, let refusal) = action { refusal.code } else { nil }
        }
        #expect(codes == [3, 3, 3])
    }

    @Test func `the id of a living subscription is taken, and free again after its end`() {
        var machine = Self.machine(in: .open)
        var actions: [SessionAction] = []
        machine.changed(4, topics: 1)
        machine.received(Self.subscribe(4), bytes: 9, at: Self.start, into: &actions)
        machine.changed(4, topics: 0)
        machine.received(Self.subscribe(4), bytes: 9, at: Self.start, into: &actions)
        guard case .refuse(2, let refusal) = actions[0], case .open(3, _) = actions[1] else {
            Issue.record("\(actions)")
            return
        }
        #expect(refusal.code == 6 && refusal.id == 4)
    }

    // MARK: Limits, on both sides

    @Test func `subscriptions have a limit`() {
        var limits = SessionLimits()
        limits.subscriptionsMax = 2
        let actions = actions(.open, limits: limits) { machine, actions in
            machine.changed(1, topics: 1)
            machine.received(Self.subscribe(2), bytes: 9, at: Self.start, into: &actions)
            machine.changed(2, topics: 1)
            machine.received(Self.subscribe(3), bytes: 9, at: Self.start, into: &actions)
        }
        guard case .open(2, _) = actions[0], case .refuse(3, let refusal) = actions[2] else {
            Issue.record("\(actions)")
            return
        }
        #expect(actions[1] == .count(.subscriptions) && refusal.code == 8)
    }

    @Test func `topics have a limit, in one request and in all`() {
        var limits = SessionLimits()
        (limits.topicsPerSubscriptionMax, limits.topicsMax) = (3, 4)
        let counted = actions(.open, limits: limits) { machine, actions in
            machine.received(
                Self.subscribe(1, ["a", "b", "c"]), bytes: 9, at: Self.start, into: &actions)
            machine.received(
                Self.subscribe(2, ["a", "b", "c", "d"]), bytes: 9, at: Self.start, into: &actions)
            machine.changed(1, topics: 2)
            machine.received(
                Self.subscribe(3, ["d", "e"]), bytes: 9, at: Self.start, into: &actions)
            machine.received(
                Self.subscribe(4, ["d", "e", "f"]), bytes: 9, at: Self.start, into: &actions)
        }
        let kinds = counted.map { action in
            switch action {
            case .open: "open"
            case .refuse(_, let refusal): "\(refusal.code ?? 0)"
            case .count(let limit): limit.rawValue
            default: "?"
            }
        }
        #expect(kinds == ["open", "topics_per_subscription", "8", "open", "topics", "8"])
    }

    @Test func `a request has a size, and one that is larger harms nothing`() {
        var limits = SessionLimits()
        limits.requestBytesMax = 100
        let actions = actions(.open, limits: limits) { machine, actions in
            machine.received(Self.ping, bytes: 100, at: Self.start, into: &actions)
            machine.received(Self.ping, bytes: 101, at: Self.start, into: &actions)
            machine.received(Self.ping, bytes: 1, at: Self.start, into: &actions)
        }
        #expect(actions.first == .pong(answers: 2, nonce: 7))
        #expect(actions[1] == .count(.requestBytes))
        #expect(actions.last == .pong(answers: 4, nonce: 7))
    }

    @Test func `requests have a rate, and a flood is told and ends`() {
        var limits = SessionLimits()
        (limits.requestsPerSecond, limits.requestsAtOnce) = (10, 3)
        let actions = actions(.open, limits: limits) { machine, actions in
            // The hello was the first of three at once.
            for _ in 0..<2 {
                machine.received(Self.ping, bytes: 1, at: Self.start, into: &actions)
            }
            let later = Self.start + .milliseconds(101)
            machine.received(Self.ping, bytes: 1, at: later, into: &actions)
            machine.received(Self.ping, bytes: 1, at: later, into: &actions)
            machine.received(Self.ping, bytes: 1, at: later, into: &actions)
        }
        #expect(actions.count == 6)
        #expect(actions[2] == .pong(answers: 4, nonce: 7))
        #expect(actions[3] == .count(.requestRate))
        guard case .refuse(5, let refusal) = actions[4] else {
            Issue.record("not told")
            return
        }
        #expect(refusal.code == 8)
        #expect(actions[5] == .finish(.tooManyRequests(perSecond: 10)))
    }

    // MARK: Resume tokens

    private func welcome(_ token: [UInt8], limits: SessionLimits = SessionLimits()) -> HelloPlan? {
        let hello = Hello(protocolVersion: 1, resumeToken: token)
        let request = SessionRequest(request: .hello(hello))
        for case .welcome(_, let plan) in send(request, in: .awaitingHello, limits: limits) {
            return plan
        }
        return nil
    }

    @Test func `a token is the requests it stands for`() throws {
        let place = TopicPosition(topic: "a", epoch: 9, sequence: 8)
        let requests = [
            SubscribeTopics(id: 3, topics: ["a"], positions: [place]),
            SubscribeTopics(id: 4, topics: ["b"], rate: RequestedRate(preset: 2)),
        ]
        let token = try #require(ResumeToken(subscriptions: requests).bytes(bytesMax: 1000))
        let plan = try #require(welcome(token))
        #expect(plan.tokenRefused == nil)
        #expect(plan.restored.map(\.id) == [3, 4])
        #expect(plan.restored[0].positions == ["a": Position(epoch: 9, sequence: 8)])
        #expect(plan.restored[1].rate == .ui)
    }

    @Test func `a damaged token is refused and the session is open, whatever the damage`() throws {
        let request = SubscribeTopics(id: 3, topics: ["book:binance:BTC/USDT"])
        let token = try #require(ResumeToken(subscriptions: [request]).bytes(bytesMax: 1000))
        var random = SeededRandom(seed: 4)
        for index in token.indices {
            var wrong = token
            wrong[index] ^= UInt8.random(in: 1...255, using: &random)
            let plan = try #require(welcome(wrong))
            #expect(plan.tokenRefused?.code == 3 && plan.restored.isEmpty)
            #expect(welcome(Array(token.prefix(index)))?.tokenRefused != nil)
        }
    }

    @Test func `a token is believed no more than requests are`() throws {
        let twice = [SubscribeTopics(id: 1, topics: ["a"]), SubscribeTopics(id: 1, topics: ["b"])]
        let token = try #require(ResumeToken(subscriptions: twice).bytes(bytesMax: 1000))
        #expect(welcome(token)?.tokenRefused?.code == 6)
        var limits = SessionLimits()
        limits.resumeTokenBytesMax = token.count - 1
        #expect(welcome(token, limits: limits)?.tokenRefused?.code == 8)
        #expect(ResumeToken(subscriptions: twice).bytes(bytesMax: token.count - 1) == nil)
    }
}
