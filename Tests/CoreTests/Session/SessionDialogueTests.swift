import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

/// What a client is told, and when.
@Suite struct SessionDialogueTests {
    let fixture = HubFixture()
    static let tickName = "tick:binance:BTC/USDT"
    static let bookName = "book:binance:BTC/USDT"
    static let tradeName = "trade:binance:BTC/USDT"

    private func apply(_ bid: String, _ ask: String = "200") throws {
        try fixture.tick().apply(tick(bid, ask), 1)
        fixture.turn.end()
    }

    private func trade(_ ids: ClosedRange<UInt64>) throws {
        let topic = try fixture.trades()
        for id in ids {
            topic.append(
                Market.Trade(
                    id: id, price: decimal("1.5"), quantity: decimal("2"), side: .buy,
                    firstID: nil, lastID: nil), eventTime: .unknown, receiveTime: .unknown)
        }
        fixture.turn.end()
    }

    @Test func `a welcome says who the server is and what is allowed`() {
        let client = DialogueClient(fixture)
        guard case .welcome(let welcome)? = client.controls.first else {
            Issue.record("not welcome")
            return
        }
        #expect(welcome.server == fixture.hub.server && welcome.protocolVersion == 1)
        #expect(welcome.heartbeatMilliseconds == 30_000)
        #expect(welcome.limits?.topics == 8192 && welcome.limits?.closeLagUpdates == 1000)
        #expect((welcome.session ?? 0) > 0 && welcome.serverStartTime != nil)
    }

    @Test func `a subscription is answered first, then comes its data, then that it caught up`()
        throws
    {
        try apply("100")
        let client = DialogueClient(fixture)
        let answer = try #require(
            client.subscribe(SubscribeTopics(id: 5, topics: [Self.tickName, Self.tradeName])))
        #expect(answer.accepted.map(\.follows) == [.snapshot, .events])
        let kinds = client.sink.updates.dropFirst().map { update in
            switch update.payload {
            case .control(let control):
                if case .caughtUp? = control.content { "caught up" } else { "answer" }
            case .tick: "tick"
            default: "?"
            }
        }
        #expect(kinds == ["answer", "caught up", "tick", "caught up"])
    }

    @Test func `subscriptions add up, each topic once`() throws {
        try apply("100")
        let client = DialogueClient(fixture)
        _ = client.subscribe(SubscribeTopics(id: 1, topics: [Self.tickName]))
        let answer = try #require(
            client.subscribe(SubscribeTopics(id: 2, topics: [Self.tickName, Self.tradeName])))
        #expect(answer.rejected.map(\.code) == [6])
        #expect(answer.accepted.map(\.name) == [Self.tradeName])
        try apply("101")
        #expect(client.data.filter { $0.baseSequence != nil }.count == 1)
    }

    @Test func `a subscription of which nothing is accepted does not exist`() throws {
        let client = DialogueClient(fixture)
        let answer = try #require(
            client.subscribe(SubscribeTopics(id: 1, topics: ["nonsense", "book:nowhere:A/B"])))
        #expect(answer.accepted.isEmpty && answer.rejected.count == 2)
        #expect(client.refusal(.unsubscribe(Unsubscribe(id: 1)))?.code == 5)
        #expect(
            client.subscribe(SubscribeTopics(id: 1, topics: [Self.tickName]))?.accepted.count == 1)
    }

    @Test func `a topic that has none of the fields, or cannot have the policy, is rejected alone`()
        throws
    {
        let client = DialogueClient(fixture)
        let fields = try #require(
            client.subscribe(
                SubscribeTopics(
                    id: 1, topics: [Self.tickName, Self.bookName], fields: ["bids"])))
        #expect(fields.rejected.map(\.name) == [Self.tickName])
        let conflate = try #require(
            client.subscribe(
                SubscribeTopics(id: 2, topics: [Self.tickName, Self.tradeName], overflow: 1)))
        #expect(conflate.rejected.map(\.name) == [Self.tradeName])
        let gap = try #require(
            client.subscribe(
                SubscribeTopics(
                    id: 3, topics: ["tick:binance:ETH/USDT", Self.tradeName], overflow: 2)))
        #expect(gap.rejected.map(\.name) == ["tick:binance:ETH/USDT"])
    }

    @Test func `a field that belongs to none of the topics is not ignored`() {
        let client = DialogueClient(fixture)
        let wish = SubscribeTopics(id: 1, topics: [Self.tickName], fields: ["bid_price", "asks"])
        let refusal = client.refusal(.subscribe(wish))
        #expect(refusal?.field == "fields[1]" && refusal?.id == 1)
        #expect(client.refusal(.unsubscribe(Unsubscribe(id: 1)))?.code == 5)
    }

    // MARK: Rate and fields

    @Test
    func `a rate conflates a state, tells its first change at once and its last value always`()
        throws
    {
        try apply("100")
        let client = DialogueClient(fixture)
        _ = client.subscribe(
            SubscribeTopics(id: 1, topics: [Self.tickName], rate: RequestedRate(preset: 2)))
        var times: [Int] = []
        for millisecond in 0..<3000 {
            let before = client.data.count
            try apply("\(101 + millisecond)")
            fixture.turn.advance(.milliseconds(1))
            if client.data.count > before { times.append(millisecond) }
        }
        #expect(times.first == 0)
        #expect((6...7).contains(times.count))
        #expect(zip(times.dropFirst(), times).allSatisfy { $0 - $1 >= 499 })
        fixture.turn.advance(.seconds(1))
        guard case .tick(let last)? = client.data.last?.payload else {
            Issue.record("no tick")
            return
        }
        #expect(last.bidPrice == 3100)
        let count = client.data.count
        fixture.turn.advance(.seconds(5))
        #expect(client.data.count == count)
        try apply("9")
        #expect(client.data.count == count + 1)
    }

    @Test func `a burst lets through what came at once, then the rate holds`() throws {
        try apply("1")
        let client = DialogueClient(fixture)
        _ = client.subscribe(
            SubscribeTopics(
                id: 1, topics: [Self.tickName],
                rate: RequestedRate(updatesPerSecond: 10, burst: 5)))
        let before = client.data.count
        for step in 0..<20 { try apply("\(step + 2)") }
        #expect(client.data.count == before + 5)
        fixture.turn.advance(.milliseconds(130))
        #expect(client.data.count == before + 6)
    }

    @Test func `events with a rate are batched and none is lost`() throws {
        try trade(1...1)
        let client = DialogueClient(fixture)
        _ = client.subscribe(
            SubscribeTopics(id: 1, topics: [Self.tradeName], rate: RequestedRate(preset: 3)))
        for id in UInt64(2)...50 {
            try trade(id...id)
            fixture.turn.advance(.milliseconds(10))
        }
        fixture.turn.advance(.milliseconds(200))
        let ids = client.data.compactMap { update -> UInt64? in
            if case .trade(let trade)? = update.payload { trade.id } else { nil }
        }
        #expect(ids == Array(2...50))
    }

    @Test func `everybody of one rate, fields and codec shares each frame`() throws {
        try apply("100")
        let clients = (0..<5).map { _ in DialogueClient(fixture) }
        for client in clients {
            _ = client.subscribe(
                SubscribeTopics(
                    id: 1, topics: [Self.tickName], fields: ["ask_price"],
                    rate: RequestedRate(preset: 2)))
        }
        let topic = try fixture.tick()
        #expect(topic.subscriberCount == 5)
        for step in 0..<10 {
            try apply("100", "\(200 + step)")
            fixture.turn.advance(.milliseconds(200))
        }
        fixture.turn.advance(.seconds(1))
        for client in clients {
            #expect(client.data.suffix(3) == clients[0].data.suffix(3))
        }
    }

    @Test func `changes outside the fields send nothing, and bases stay what was sent`() throws {
        try apply("100", "200")
        let client = DialogueClient(fixture)
        _ = client.subscribe(
            SubscribeTopics(id: 1, topics: [Self.tickName], fields: ["ask_price"]))
        let snapshot = try #require(client.data.last)
        for step in 0..<5 { try apply("\(101 + step)", "200") }
        #expect(client.data.count == 1)
        try apply("106", "201")
        let delta = try #require(client.data.last)
        #expect(client.data.count == 2 && delta.baseSequence == snapshot.sequence)
        #expect(delta.payload == .tick(Tick(askPrice: 201, priceExponent: 0)))
    }

    @Test func `Subscribe and Session get the same bytes`() throws {
        try apply("100")
        let client = DialogueClient(fixture)
        _ = client.subscribe(SubscribeTopics(id: 1, topics: [Self.tickName]))
        let plain = FakeSink()
        let session = fixture.subscribe(try fixture.tick(), to: plain)
        try apply("101")
        #expect(client.data == plain.updates)
        session.end()
    }

    // MARK: Changing

    @Test func `a change of rate loses nothing`() throws {
        try apply("100")
        let client = DialogueClient(fixture)
        _ = client.subscribe(SubscribeTopics(id: 1, topics: [Self.tickName]))
        try apply("101")
        guard
            case .updated(let answer)? = client.ask(
                .update(UpdateSubscription(id: 1, rate: RequestedRate(preset: 2))))
        else {
            Issue.record("not updated")
            return
        }
        #expect(answer.accepted.map(\.follows) == [.delta])
        try apply("102")
        try apply("103")
        fixture.turn.advance(.seconds(1))
        var state = ReferenceState()
        for update in client.data { try state.apply(update) }
        #expect(state.tick[FieldSet.bidPrice.rawValue] == .init(103, 0))
        #expect(client.data.filter { $0.baseSequence == nil }.count == 1)
    }

    @Test func `new fields begin with a snapshot, fewer fields go on`() throws {
        try apply("100")
        let client = DialogueClient(fixture)
        _ = client.subscribe(
            SubscribeTopics(id: 1, topics: [Self.tickName], fields: ["bid_price"]))
        guard
            case .updated(let wider)? = client.ask(
                .update(UpdateSubscription(id: 1, fields: ["*"])))
        else {
            Issue.record("not updated")
            return
        }
        #expect(wider.accepted.map(\.follows) == [.snapshot])
        #expect(client.data.count == 2 && client.data.last?.baseSequence == nil)
        guard
            case .updated(let narrower)? = client.ask(
                .update(UpdateSubscription(id: 1, fields: ["ask_price"])))
        else {
            Issue.record("not updated")
            return
        }
        #expect(narrower.accepted.map(\.follows) == [.delta])
        #expect(client.data.count == 2)
    }

    /// Seed 7541 of the fan-out simulator: publishing the second topic wakes its row, and with it
    /// the session, while the first one already has its new fields.
    @Test func `nothing with new fields comes before the answer that announces them`() throws {
        let ethereum = try fixture.tick("tick:binance:ETH/USDT")
        try apply("100")
        ethereum.apply(tick("10", "20"), 1)
        fixture.turn.end()
        let client = DialogueClient(fixture)
        _ = client.subscribe(
            SubscribeTopics(
                id: 1, topics: [Self.tickName, "tick:binance:ETH/USDT"], fields: ["bid_price"],
                start: 2))
        try apply("101")
        ethereum.apply(tick("11", "20"), 2)
        let before = client.sink.updates.count
        client.send(.update(UpdateSubscription(id: 1, fields: ["*"])))
        let wide = client.sink.updates.dropFirst(before).firstIndex {
            if case .tick(let tick)? = $0.payload { tick.askPrice != nil } else { false }
        }
        let answer = client.sink.updates.dropFirst(before).firstIndex {
            if case .control(let control)? = $0.payload { control.answers != nil } else { false }
        }
        #expect(try #require(answer) < #require(wide))
    }

    /// Seed 494 of the random lives.
    @Test func `a snapshot that waits for room is not forgotten by a change of options`() throws {
        try apply("100")
        let client = DialogueClient(fixture)
        client.sink.isBlocked = true
        _ = client.subscribe(SubscribeTopics(id: 1, topics: [Self.tickName]))
        _ = client.ask(.update(UpdateSubscription(id: 1, rate: RequestedRate(preset: 2))))
        #expect(client.data.isEmpty)
        client.unblock()
        #expect(client.data.count == 1 && client.data[0].baseSequence == nil)
    }

    @Test func `a change that one topic cannot have changes nothing`() throws {
        let client = DialogueClient(fixture)
        _ = client.subscribe(SubscribeTopics(id: 1, topics: [Self.tickName, Self.tradeName]))
        let refusal = client.refusal(.update(UpdateSubscription(id: 1, overflow: 1)))
        #expect(refusal?.code == 3 && refusal?.id == 1)
        try trade(1...1)
        #expect(client.data.last?.payload != nil)
    }

    // MARK: Ending

    @Test func `an end says how far each topic had been sent, and nothing follows`() throws {
        try apply("100")
        try trade(1...1)
        let client = DialogueClient(fixture)
        _ = client.subscribe(SubscribeTopics(id: 1, topics: [Self.tickName, Self.tradeName]))
        guard
            case .unsubscribed(let part)? = client.ask(
                .unsubscribe(Unsubscribe(id: 1, topics: [Self.tickName])))
        else {
            Issue.record("not unsubscribed")
            return
        }
        let position = try fixture.tick().position
        #expect(
            part.positions == [
                TopicPosition(
                    topic: Self.tickName, epoch: position.epoch, sequence: position.sequence)
            ])
        let count = client.data.count
        try apply("101")
        #expect(client.data.count == count)
        try trade(2...2)
        #expect(client.data.count == count + 1)
        #expect(
            client.refusal(.unsubscribe(Unsubscribe(id: 1, topics: [Self.tickName])))?.field
                == "topics[0]")
        _ = client.ask(.unsubscribe(Unsubscribe(id: 1)))
        #expect(client.refusal(.unsubscribe(Unsubscribe(id: 1)))?.code == 5)
    }

    @Test func `a session that ends leaves no row and no timer`() throws {
        let client = DialogueClient(fixture)
        _ = client.subscribe(SubscribeTopics(id: 1, topics: [Self.tickName]))
        client.dialogue?.clientEnded()
        #expect(client.end == .clientEnded)
        #expect(try fixture.tick().subscriberCount == 0)
        #expect(fixture.turn.timerCount == 0)
    }

    @Test func `a topic that the venue does not list ends, and its subscription with the last`()
        throws
    {
        let client = DialogueClient(fixture)
        _ = client.subscribe(SubscribeTopics(id: 1, topics: [Self.tickName]))
        fixture.hub.dissolve(try #require(fixture.venue.demanded.first))
        guard case .rejected? = client.data.last?.payload else {
            Issue.record("not told")
            return
        }
        #expect(client.refusal(.unsubscribe(Unsubscribe(id: 1)))?.code == 5)
    }

    // MARK: Start

    @Test func `live begins with the next change, which is a snapshot`() throws {
        try apply("100")
        let client = DialogueClient(fixture)
        let answer = client.subscribe(SubscribeTopics(id: 1, topics: [Self.tickName], start: 2))
        #expect(answer?.accepted.map(\.follows) == [.change])
        #expect(client.data.isEmpty)
        try apply("101")
        #expect(client.data.count == 1 && client.data[0].baseSequence == nil)
        try apply("102")
        #expect(client.data.count == 2 && client.data[1].baseSequence == client.data[0].sequence)
    }

    @Test func `latest of an event topic is its newest event, whatever its status did since`()
        throws
    {
        try trade(1...3)
        try fixture.trades().setStatus(.stale)
        fixture.turn.end()
        let client = DialogueClient(fixture)
        let answer = client.subscribe(SubscribeTopics(id: 1, topics: [Self.tradeName], start: 1))
        let first = try #require(client.data.first)
        #expect(answer?.accepted.first?.firstSequence == first.sequence)
        guard case .trade(let trade)? = first.payload else {
            Issue.record("no trade")
            return
        }
        #expect(trade.id == 3)
    }

    @Test func `a position goes on exactly; one of a lost epoch is a snapshot or a gap`() throws {
        try apply("100")
        try trade(1...2)
        let (tickAt, tradeAt) = (try fixture.tick().position, try fixture.trades().position)
        try apply("101")
        try trade(3...4)
        let client = DialogueClient(fixture)
        func position(_ name: String, _ place: Position) -> TopicPosition {
            TopicPosition(topic: name, epoch: place.epoch, sequence: place.sequence)
        }
        let answer = client.subscribe(
            SubscribeTopics(
                id: 1, topics: [Self.tickName, Self.tradeName],
                positions: [position(Self.tickName, tickAt), position(Self.tradeName, tradeAt)]))
        #expect(answer?.accepted.map(\.follows) == [.delta, .events])
        #expect(answer?.accepted.last?.firstSequence == tradeAt.sequence + 1)
        #expect(client.data.first?.baseSequence == tickAt.sequence)

        let other = DialogueClient(fixture)
        let lost = other.subscribe(
            SubscribeTopics(
                id: 1, topics: [Self.tickName, Self.tradeName],
                positions: [
                    position(Self.tickName, Position(epoch: 1, sequence: 1)),
                    position(Self.tradeName, Position(epoch: 1, sequence: 1)),
                ]))
        #expect(lost?.accepted.map(\.follows) == [.snapshot, .gap])
        guard case .gap(let gap)? = other.data.last?.payload else {
            Issue.record("no gap")
            return
        }
        #expect(gap.reason == .newEpoch)
    }
}
