import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

/// Heartbeats, acknowledgements, slowness, drain, credentials: what keeps a session honest.
@Suite struct SessionLifeTests {
    let fixture = HubFixture(eventsPerTopicMax: 8)
    static let tickName = "tick:binance:BTC/USDT"
    static let tradeName = "trade:binance:BTC/USDT"

    private func apply(_ bid: Int) throws {
        try fixture.tick().apply(tick("\(bid)", "100000"), 1)
        fixture.turn.end()
    }

    private func trade(_ id: UInt64) throws {
        try fixture.trades().append(
            Market.Trade(
                id: id, price: decimal("1.5"), quantity: decimal("2"), side: .buy, firstID: nil,
                lastID: nil), eventTime: .unknown, receiveTime: .unknown)
        fixture.turn.end()
    }

    private func client(_ topics: [String], overflow: Int32? = nil) -> DialogueClient {
        let hello = Hello(protocolVersion: 1, heartbeatMilliseconds: 1000)
        let client = DialogueClient(fixture, hello: hello)
        _ = client.subscribe(SubscribeTopics(id: 7, topics: topics, overflow: overflow))
        return client
    }

    private func heartbeats(_ client: DialogueClient) -> [Heartbeat] {
        client.controls.compactMap { if case .heartbeat(let beat) = $0 { beat } else { nil } }
    }

    private func closed(_ client: DialogueClient) -> SubscriptionClosed? {
        for case .closed(let closed) in client.controls { return closed }
        return nil
    }

    @Test func `a heartbeat says what was sent, not what there is`() throws {
        try apply(1)
        let client = client([Self.tickName])
        let sent = try #require(client.data.last?.sequence)
        client.sink.isBlocked = true
        try apply(2)
        fixture.turn.advance(.seconds(3))
        #expect(heartbeats(client).isEmpty)
        client.unblock()
        // The one that was due comes first, and of when it is sent.
        let first = try #require(heartbeats(client).first)
        #expect(heartbeats(client).count == 1)
        #expect(first.topics.map(\.sequence) == [sent] && first.behind == 1)
        fixture.turn.advance(.seconds(1))
        let second = try #require(heartbeats(client).last)
        #expect(second.topics.map(\.sequence) == [sent + 1] && second.behind == 0)
        #expect(second.time == UInt64(fixture.turn.now.nanoseconds))
    }

    @Test func `acknowledgements are shown, all or none of them`() throws {
        try apply(1)
        try apply(2)
        let client = client([Self.tickName])
        let place = try fixture.tick().position
        func position(_ sequence: UInt64, epoch: UInt64? = nil, _ name: String = Self.tickName)
            -> TopicPosition
        {
            TopicPosition(topic: name, epoch: epoch ?? place.epoch, sequence: sequence)
        }
        #expect(client.refusal(.ack(Ack(positions: [position(place.sequence + 1)])))?.code == 3)
        #expect(client.refusal(.ack(Ack(positions: [position(1, epoch: 5)])))?.code == 9)
        let half = Ack(positions: [position(1), position(1, "tick:binance:ETH/USDT")])
        #expect(client.refusal(.ack(half))?.field == "positions[1].topic")
        fixture.turn.advance(.seconds(1))
        #expect(heartbeats(client).last?.topics.first?.acknowledgedSequence == nil)
        #expect(
            client.ask(.ack(Ack(positions: [position(1)])))
                == .acknowledged(Acknowledged(positions: 1)))
        fixture.turn.advance(.seconds(1))
        #expect(heartbeats(client).last?.topics.first?.acknowledgedSequence == 1)
    }

    @Test func `who asked to be closed is, when events would be lost, with all details`() throws {
        try trade(1)
        let client = client([Self.tradeName, Self.tickName], overflow: 3)
        try trade(2)
        let sent = try #require(client.data.last?.sequence)
        client.sink.isBlocked = true
        for id in 3...40 { try trade(UInt64(id)) }
        #expect(closed(client) == nil)
        // A reader that never reads again is found out by the next heartbeat.
        fixture.turn.advance(.seconds(1))
        let closed = try #require(self.closed(client))
        let present = try fixture.trades().position
        #expect(closed.id == 7 && closed.reason?.code == 8)
        #expect(closed.sent?.sequence == sent && closed.present?.sequence == present.sequence)
        #expect(try fixture.trades().subscriberCount == 0)
        #expect(try fixture.tick().subscriberCount == 0)
        #expect(client.end == nil)

        let resumed = DialogueClient(
            fixture, hello: Hello(protocolVersion: 1, resumeToken: closed.resumeToken))
        guard case .welcome(let welcome)? = resumed.controls.first else {
            Issue.record("not welcome")
            return
        }
        #expect(welcome.restored.map(\.id) == [7])
        #expect(welcome.restored[0].accepted.map(\.follows) == [.gap, .delta])
    }

    @Test func `who asked to be closed is not, as long as nothing is lost`() throws {
        try trade(1)
        let client = client([Self.tradeName], overflow: 3)
        try trade(2)
        client.sink.isBlocked = true
        for id in 3...6 { try trade(UInt64(id)) }
        fixture.turn.advance(.seconds(2))
        client.unblock()
        #expect(closed(client) == nil)
        let ids = client.data.compactMap { update -> UInt64? in
            if case .trade(let trade)? = update.payload { trade.id } else { nil }
        }
        #expect(ids == [2, 3, 4, 5, 6])
    }

    @Test(arguments: [(1000, false), (1001, true)])
    func `a state topic closes beyond the lag it may have`(lag: Int, isClosed: Bool) throws {
        try apply(1)
        let client = client([Self.tickName], overflow: 3)
        client.sink.isBlocked = true
        for step in 0..<lag { try apply(step + 2) }
        client.unblock()
        #expect((closed(client) != nil) == isClosed)
    }

    @Test func `a drain gives a token that goes on exactly where the session stood`() throws {
        try apply(1)
        try trade(1)
        let client = client([Self.tickName, Self.tradeName])
        _ = client.subscribe(
            SubscribeTopics(
                id: 8, topics: ["tick:binance:ETH/USDT"], rate: RequestedRate(preset: 2)))
        try apply(2)
        try trade(2)
        client.dialogue?.draining(deadline: fixture.turn.instant() + .seconds(15))
        guard case .drain(let drain)? = client.controls.last else {
            Issue.record("not told")
            return
        }
        // Two of the fifteen seconds are the server's own.
        #expect(drain.deadline == UInt64(fixture.turn.now.nanoseconds) + 13_000_000_000)
        // The session works until then.
        try apply(3)
        #expect(client.ask(.ping(Ping(nonce: 1))) != nil)
        fixture.turn.advance(.seconds(12))
        #expect(client.end == nil)
        fixture.turn.advance(.seconds(1))
        #expect(client.end == .drained)

        let next = DialogueClient(
            fixture, hello: Hello(protocolVersion: 1, resumeToken: drain.resumeToken))
        guard case .welcome(let welcome)? = next.controls.first else {
            Issue.record("not welcome")
            return
        }
        #expect(welcome.restored.map(\.id) == [7, 8])
        #expect(welcome.restored[0].accepted.map(\.follows) == [.delta, .events])
        // What came after the token was made comes again: it was sent, but nobody said so.
        let delta = try #require(next.data.first { $0.baseSequence != nil })
        #expect(delta.sequence == (try fixture.tick().position.sequence))
        let living = SubscribeTopics(id: 8, topics: ["tick:binance:ETH/USDT"])
        #expect(next.refusal(.subscribe(living))?.code == 6)
    }

    @Test func `tokens hold what was acknowledged, of whoever acknowledges`() throws {
        try trade(1)
        let client = client([Self.tradeName])
        for id in 2...5 { try trade(UInt64(id)) }
        let place = try fixture.trades().position
        _ = client.ask(
            .ack(
                Ack(positions: [
                    TopicPosition(
                        topic: Self.tradeName, epoch: place.epoch, sequence: place.sequence - 2)
                ])))
        client.dialogue?.draining(deadline: fixture.turn.instant() + .seconds(1))
        guard case .drain(let drain)? = client.controls.last else {
            Issue.record("not told")
            return
        }
        let next = DialogueClient(
            fixture, hello: Hello(protocolVersion: 1, resumeToken: drain.resumeToken))
        #expect(next.data.map(\.sequence) == [place.sequence - 1, place.sequence])
    }

    @Test func `a server without credentials has nothing to refresh`() {
        let client = DialogueClient(fixture)
        #expect(client.refusal(.authRefresh(AuthRefresh(token: "x")))?.code == 12)
    }

    @Test func `topics are allowed one by one, and end when they are no longer`() throws {
        let identity = FakeIdentity()
        identity.allowed = [Self.tickName]
        let client = DialogueClient(fixture, identity: identity)
        let answer = try #require(
            client.subscribe(SubscribeTopics(id: 1, topics: [Self.tickName, Self.tradeName])))
        #expect(answer.rejected.map(\.code) == [7])
        identity.allowed = []
        #expect(
            client.ask(.authRefresh(AuthRefresh(token: "good")))
                == .refreshed(Refreshed(expiryTime: 5)))
        guard case .rejected(let rejected)? = client.data.last?.payload else {
            Issue.record("not told")
            return
        }
        #expect(rejected.code == 7 && rejected.name == Self.tickName)
        #expect(client.refusal(.authRefresh(AuthRefresh(token: "bad")))?.code == 16)
    }

    @Test func `counts are kept of what was asked, refused and limited`() throws {
        let registry = MetricRegistry()
        let hub = Hub(turn: fixture.turn, metrics: registry)
        let metrics = hub.metrics.sessions
        #expect(metrics.open.value == 0)
        for limit in SessionLimit.allCases { #expect(metrics.limits[limit]?.value == 0) }
        #expect(registry.prometheusText().contains("limit=\"request_rate\""))
        let before = fixture.hub.metrics.sessions.refused.value
        let client = DialogueClient(fixture)
        #expect(fixture.hub.metrics.sessions.open.value == 1)
        _ = client.ask(.ack(Ack()))
        #expect(fixture.hub.metrics.sessions.refused.value == before + 1)
        client.dialogue?.cancelled()
        #expect(fixture.hub.metrics.sessions.open.value == 0)
    }
}

/// Allows what it is told to.
private final class FakeIdentity: SessionIdentity {
    var allowed: Set<String> = []

    func allows(topic name: String) -> Bool { allowed.contains(name) }

    func refresh(token: String) throws(Refusal) -> Timestamp? {
        if token == "good" { return Timestamp(nanoseconds: 5) }
        throw Refusal(.unauthenticated, "the token is not valid")
    }
}
