import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

/// Filters, beginnings and checks as the client of a session asks for them.
@Suite struct SessionFilterTests {
    let fixture = HubFixture()
    static let tickName = "tick:binance:BTC/USDT"
    static let tradeName = "trade:binance:BTC/USDT"

    private func apply(_ bid: String, _ ask: String = "200") throws {
        try fixture.tick().apply(tick(bid, ask), 1)
        fixture.turn.end()
    }

    private func trades(_ count: Int) throws {
        let topic = try fixture.trades()
        for _ in 0..<count {
            topic.append(
                Market.Trade(
                    id: topic.history.range.upperBound, price: decimal("1.5"),
                    quantity: decimal("2"),
                    side: .buy,
                    firstID: nil, lastID: nil), eventTime: .unknown, receiveTime: .unknown)
        }
        fixture.turn.end()
    }

    private func subscribe(filter: String, _ topics: String...) -> SessionRequest.Request {
        .subscribe(SubscribeTopics(id: 1, topics: topics, filter: filter))
    }

    // MARK: Filters

    @Test func `what is no filter is refused with its place, and nothing is subscribed`() throws {
        let client = DialogueClient(fixture)
        let refusal = try #require(
            client.refusal(subscribe(filter: "bid_price >", Self.tickName)))
        #expect(refusal.field == "filter" && refusal.code == 3 && refusal.id == 1)
        #expect(refusal.message?.hasPrefix("at byte 12 of the filter: expected a number") == true)
        #expect(try fixture.tick().subscriberCount == 0)
    }

    @Test func `a filter may be as large as the welcome says, and is counted beyond`() throws {
        var limits = SessionLimits()
        limits.filter.termsMax = 2
        let client = DialogueClient(fixture, limits: limits)
        guard case .welcome(let welcome)? = client.controls.first else {
            throw LifeError(text: "no welcome")
        }
        #expect(welcome.limits?.filterTerms == 2 && welcome.limits?.filterBytes == 4096)
        #expect(welcome.limits?.filterDepth == 16 && welcome.limits?.filterSymbols == 256)
        let most = "bid_price > 1 and ask_price > 1"
        let refusal = try #require(
            client.refusal(subscribe(filter: most + " and bid_price > 2", Self.tickName)))
        #expect(refusal.code == 8 && refusal.field == "filter")
        #expect(fixture.hub.metrics.sessions.limits[.filter]?.value == 1)
        #expect(
            client.subscribe(SubscribeTopics(id: 1, topics: [Self.tickName], filter: most))?
                .accepted.count == 1)
        let change = UpdateSubscription(id: 1, filter: most + " and bid_price > 2")
        #expect(client.refusal(.update(change))?.code == 8)
        #expect(fixture.hub.metrics.sessions.limits[.filter]?.value == 2)
    }

    @Test func `a topic that lacks a field, or whose symbol is ruled out, is rejected alone`()
        throws
    {
        let client = DialogueClient(fixture)
        let other = "trade:binance:ETH/USDT"
        let answer = try #require(
            client.subscribe(
                SubscribeTopics(
                    id: 1, topics: [Self.tickName, Self.tradeName, other],
                    filter: "side == buy and symbol in (BTC/USDT)")))
        #expect(answer.accepted.map(\.name) == [Self.tradeName])
        #expect(answer.rejected.map(\.code) == [3, 3])
        #expect(answer.rejected[0].message?.contains("tick topics have no side") == true)
        #expect(answer.rejected[1].message?.contains("ETH/USDT would ever pass") == true)
    }

    @Test func `a filter is changed and taken away in place`() throws {
        try apply("100")
        let client = DialogueClient(fixture)
        _ = client.subscribe(SubscribeTopics(id: 1, topics: [Self.tickName]))
        let counts: () -> Int = { client.data.count }
        let before = counts()
        guard
            case .updated(let answer)? = client.ask(
                .update(UpdateSubscription(id: 1, filter: "bid_price > 150")))
        else { throw LifeError(text: "not updated") }
        #expect(answer.accepted.map(\.follows) == [.delta])
        try apply("120")
        #expect(counts() == before)
        _ = client.ask(.update(UpdateSubscription(id: 1, filter: "")))
        #expect(counts() == before + 1)
        try apply("90")
        #expect(counts() == before + 2)
        let refusal = client.refusal(.update(UpdateSubscription(id: 1, filter: "price > 5")))
        #expect(refusal?.code == 3 && refusal?.message?.contains("have no price") == true)
        try apply("80")
        #expect(counts() == before + 3)
    }

    @Test func `a resume token keeps the filter`() throws {
        try apply("100")
        let client = DialogueClient(fixture)
        _ = client.subscribe(
            SubscribeTopics(id: 7, topics: [Self.tickName], filter: "bid_price > 150"))
        let token = try #require(client.dialogue?.resumeToken(of: [7]))
        try apply("120")
        let other = DialogueClient(
            fixture, hello: Hello(protocolVersion: 1, resumeToken: token))
        #expect(other.data.isEmpty)
        try apply("160")
        #expect(other.data.map(\.baseSequence) == [1])
    }

    // MARK: Beginnings

    @Test func `a subscription begins at one place`() throws {
        let client = DialogueClient(fixture)
        for wish in [
            SubscribeTopics(id: 1, topics: [Self.tradeName], start: 1, fromCount: 3),
            SubscribeTopics(id: 1, topics: [Self.tradeName], fromSequence: 1, fromTime: 3),
        ] { #expect(client.refusal(.subscribe(wish))?.field == "start") }
        for (wish, field) in [
            (SubscribeTopics(id: 1, topics: [Self.tradeName], fromSequence: 0), "from_sequence"),
            (SubscribeTopics(id: 1, topics: [Self.tradeName], fromCount: 0), "from_count"),
            (SubscribeTopics(id: 1, topics: [Self.tradeName], fromTime: .max), "from_time"),
        ] { #expect(client.refusal(.subscribe(wish))?.field == field) }
    }

    @Test func `events begin where asked, states are rejected, and positions win`() throws {
        try trades(5)
        let client = DialogueClient(fixture)
        let answer = try #require(
            client.subscribe(
                SubscribeTopics(id: 1, topics: [Self.tickName, Self.tradeName], fromCount: 2)))
        #expect(answer.rejected.map(\.name) == [Self.tickName])
        #expect(answer.accepted.first?.firstSequence == 5)
        #expect(client.data.map(\.sequence) == [5, 6])
        let position = try fixture.trades().position
        let other = DialogueClient(fixture)
        _ = other.subscribe(
            SubscribeTopics(
                id: 1, topics: [Self.tradeName],
                positions: [
                    TopicPosition(topic: Self.tradeName, epoch: position.epoch, sequence: 3)
                ], fromSequence: 9999))
        #expect(other.data.map(\.sequence) == [4, 5, 6])
    }

    // MARK: Checks

    private func caughtUp(_ client: DialogueClient) -> CaughtUp? {
        client.controls.compactMap { if case .caughtUp(let told) = $0 { told } else { nil } }.last
    }

    private func hash(bid: String, status: Int32 = 1) -> StateHash {
        var hash = StateHash(status: status)
        hash.add("bid_price", decimal(bid))
        hash.add("bid_quantity", decimal("1"))
        hash.add("ask_price", decimal("200"))
        hash.add("ask_quantity", decimal("2"))
        return hash
    }

    @Test func `who caught up is told what it should have`() throws {
        try apply("100.50")
        let client = DialogueClient(fixture)
        _ = client.subscribe(SubscribeTopics(id: 1, topics: [Self.tickName]))
        let told = try #require(caughtUp(client))
        #expect(told.count == 4 && told.hash == hash(bid: "100.5").value)
        try trades(3)
        _ = client.subscribe(SubscribeTopics(id: 2, topics: [Self.tradeName], fromCount: 2))
        #expect(caughtUp(client)?.count == 2 && caughtUp(client)?.hash == nil)
    }

    @Test func `only the subscribed fields are counted and hashed`() throws {
        try apply("100")
        let client = DialogueClient(fixture)
        _ = client.subscribe(
            SubscribeTopics(id: 1, topics: [Self.tickName], fields: ["bid_price"]))
        var own = StateHash(status: 1)
        own.add("bid_price", decimal("100"))
        #expect(caughtUp(client)?.count == 1 && caughtUp(client)?.hash == own.value)
    }

    @Test func `a check is answered in order, with what was sent before it`() throws {
        try apply("100")
        let client = DialogueClient(fixture)
        _ = client.subscribe(SubscribeTopics(id: 1, topics: [Self.tickName]))
        // Not published yet when the question comes.
        try fixture.tick().apply(tick("101", "200"), 2)
        guard
            case .checked(let told)? = client.ask(
                .check(CheckState(id: 1, topic: Self.tickName)))
        else { throw LifeError(text: "not checked") }
        #expect(client.data.last?.sequence == 2 && told.sequence == 2)
        #expect(told.hash == hash(bid: "101").value && told.count == 4)
    }

    @Test func `a check of a state that is withheld has no hash`() throws {
        try apply("100")
        let client = DialogueClient(fixture)
        _ = client.subscribe(
            SubscribeTopics(id: 1, topics: [Self.tickName], filter: "bid_price > 150"))
        func check() throws -> StateChecked {
            guard
                case .checked(let told)? = client.ask(
                    .check(CheckState(id: 1, topic: Self.tickName)))
            else { throw LifeError(text: "not checked") }
            return told
        }
        #expect(try check().hash == hash(bid: "100").value)
        try apply("120")
        #expect(
            try check()
                == StateChecked(
                    id: 1, topic: fixture.tick().number, epoch: fixture.tick().position.epoch,
                    sequence: 1))
        try apply("160")
        #expect(try check().hash == hash(bid: "160").value)
    }

    @Test func `a check names a state topic of the subscription`() throws {
        let client = DialogueClient(fixture)
        _ = client.subscribe(SubscribeTopics(id: 1, topics: [Self.tradeName]))
        #expect(client.refusal(.check(CheckState(id: 2, topic: Self.tickName)))?.code == 5)
        #expect(client.refusal(.check(CheckState(id: 1, topic: Self.tickName)))?.code == 5)
        let refusal = client.refusal(.check(CheckState(id: 1, topic: Self.tradeName)))
        #expect(refusal?.code == 3 && refusal?.field == "topic")
    }
}
