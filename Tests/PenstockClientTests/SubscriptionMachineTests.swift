import GRPC
import Market
import PenstockClient
import Schema
import Streams
import Testing

/// A machine and what it delivered.
struct Subscription: ~Copyable {
    var machine: SubscriptionMachine
    var events: [SubscriptionEvent] = []
    var topics: [String] = []

    init(_ topics: [String] = [bookTopic, tradeTopic]) {
        machine = SubscriptionMachine(topics: topics)
    }

    mutating func receive(_ update: Update) throws(SubscriptionError) {
        var seen: [(SubscriptionEvent, String)] = []
        defer {
            events += seen.map(\.0)
            topics += seen.map(\.1)
        }
        try machine.received(update) { seen.append(($0, $1.topic)) }
    }

    mutating func finish(_ code: RPCCode) -> SubscriptionEnd {
        var seen: [SubscriptionEvent] = []
        defer { events += seen }
        return machine.finished(RPCStatus(code, "")) { event, _ in seen.append(event) }
    }

    mutating func subscribe(resumed: Bool = false) throws(SubscriptionError) {
        try receive(
            Update(
                payload: .subscribed(
                    Subscribed(accepted: [
                        accepted(bookTopic, number: 3, sequence: 10, resumed: resumed),
                        accepted(tradeTopic, number: 4, sequence: 40, resumed: resumed),
                    ]))))
    }
}

@Suite struct SubscriptionMachineTests {
    @Test func `the first request names every topic once and resumes none`() {
        let machine = SubscriptionMachine(topics: [bookTopic, tradeTopic, bookTopic])
        #expect(machine.request == SubscribeRequest(topics: [bookTopic, tradeTopic]))
    }

    @Test func `updates reach the topic that their number names`() throws {
        var subscription = Subscription()
        try subscription.subscribe()
        let snapshot = bookUpdate(10, bids: [(1, 1)], topic: 3)
        try subscription.receive(snapshot)
        try subscription.receive(tradeUpdate(41, topic: 4))
        #expect(
            subscription.events
                == [.updated(snapshot), .updated(tradeUpdate(41, topic: 4))])
        #expect(subscription.topics == [bookTopic, tradeTopic])
    }

    @Test func `a topic that is not live when it begins is told`() throws {
        var subscription = Subscription()
        try subscription.receive(
            Update(
                payload: .subscribed(
                    Subscribed(accepted: [accepted(bookTopic, status: .stale)]))))
        #expect(subscription.events == [.statusChanged])
    }

    @Test func `a second request resumes where each topic stands`() throws {
        var subscription = Subscription()
        try subscription.subscribe()
        try subscription.receive(bookUpdate(10, bids: [(1, 1)], topic: 3))
        try subscription.receive(tradeUpdate(41, topic: 4))
        #expect(subscription.finish(.unavailable) == .retry)
        let request = subscription.machine.request
        #expect(
            request.resume == [
                TopicPosition(topic: bookTopic, epoch: 9, sequence: 10),
                TopicPosition(topic: tradeTopic, epoch: 9, sequence: 41),
            ])
        let states = subscription.machine.states
        #expect(states.map(\.status) == [.stale, .stale])
        #expect(subscription.events.suffix(2) == [.statusChanged, .statusChanged])

        try subscription.subscribe(resumed: true)
        try subscription.receive(bookUpdate(12, base: 10, bids: [(2, 2)], topic: 3))
        let resumed = subscription.machine.states
        #expect(resumed[0].bids.levels.count == 2)
        #expect(resumed[0].isLive)
    }

    @Test func `a hole makes that topic alone ask for a snapshot`() throws {
        var subscription = Subscription()
        try subscription.subscribe()
        try subscription.receive(bookUpdate(10, bids: [(1, 1)], topic: 3))
        let have = Position(epoch: 9, sequence: 10)
        let hole = SubscriptionError.merge(
            topic: bookTopic, .hole(have: have, epoch: 9, base: 11))
        #expect(throws: hole) {
            try subscription.receive(bookUpdate(12, base: 11, topic: 3))
        }
        #expect(subscription.finish(.cancelled) == .retry)
        let request = subscription.machine.request
        #expect(request.topics == [bookTopic, tradeTopic])
        #expect(request.resume.map(\.topic) == [tradeTopic])
    }

    @Test func `a rejected topic is told and not asked for again`() throws {
        var subscription = Subscription()
        let rejected = RejectedTopic(name: tradeTopic, code: 5, message: "unknown")
        try subscription.receive(
            Update(
                payload: .subscribed(
                    Subscribed(accepted: [accepted(bookTopic)], rejected: [rejected]))))
        #expect(subscription.events == [.rejected(rejected)])
        let request = subscription.machine.request
        #expect(request.topics == [bookTopic])
        let delisted = RejectedTopic(name: bookTopic, code: 5, message: "delisted")
        try subscription.receive(Update(topic: 1, payload: .rejected(delisted)))
        try subscription.receive(bookUpdate(10, topic: 1))
        #expect(subscription.events == [.rejected(rejected), .rejected(delisted)])
        #expect(subscription.finish(.notFound) == .nothingLeft)
    }

    @Test(arguments: [
        (RPCCode.unavailable, true), (.internal, true), (.cancelled, true), (.ok, true),
        (.invalidArgument, false), (.notFound, false), (.unimplemented, false),
        (.resourceExhausted, false),
    ])
    func `before it began a call is retried unless it is refused`(code: RPCCode, retries: Bool) {
        var subscription = Subscription()
        let end = subscription.finish(code)
        #expect(end == (retries ? .retry : .refused(RPCStatus(code, ""))))
        #expect(subscription.events.isEmpty)
    }

    @Test func `a subscriber that was too slow comes back, but not for ever`() throws {
        var subscription = Subscription()
        try subscription.subscribe()
        #expect(subscription.finish(.resourceExhausted) == .retry)
        for _ in 0..<9 {
            subscription.machine.began()
            #expect(subscription.finish(.resourceExhausted) == .retry)
        }
        subscription.machine.began()
        let end = subscription.finish(.resourceExhausted)
        #expect(end == .refused(RPCStatus(.resourceExhausted, "")))
    }

    @Test func `what nobody announced ends the call`() throws {
        var early = Subscription()
        #expect(throws: SubscriptionError.topicMissing) { try early.receive(bookUpdate(1)) }
        var subscription = Subscription()
        try subscription.subscribe()
        #expect(throws: SubscriptionError.unknownNumber(77)) {
            try subscription.receive(bookUpdate(1, topic: 77))
        }
        #expect(throws: SubscriptionError.subscribedTwice) { try subscription.subscribe() }
    }

    @Test func `numbers of an earlier call mean nothing`() throws {
        var subscription = Subscription()
        try subscription.subscribe()
        _ = subscription.finish(.unavailable)
        subscription.machine.began()
        try subscription.receive(
            Update(
                payload: .subscribed(
                    Subscribed(accepted: [
                        accepted(tradeTopic, number: 3, sequence: 40, resumed: true)
                    ]))))
        try subscription.receive(tradeUpdate(41, topic: 3))
        #expect(throws: SubscriptionError.unknownNumber(4)) {
            try subscription.receive(tradeUpdate(42, topic: 4))
        }
    }
}
