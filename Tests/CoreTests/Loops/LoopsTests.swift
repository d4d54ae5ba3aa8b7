import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

@Suite struct LoopsTests {
    private let name = "tick:binance:BTC/USDT"

    private func trade(_ id: UInt64) -> Market.Trade {
        Market.Trade(
            id: id, price: decimal("1.5"), quantity: decimal("2"), side: .buy, firstID: nil,
            lastID: nil)
    }

    // MARK: What subscribers get

    @Test func `subscribers of both loops get the same bytes`() throws {
        let loops = LoopsFixture()
        let (there, here) = try loops.topic(name)
        let sinks = (FakeSink(), FakeSink())
        let sessions = [
            loops.subscribe(there, to: sinks.0), loops.subscribe(here, to: sinks.1),
        ]
        for step in 0..<20 {
            (there as! TickTopic).apply(tick("1.\(step)", "2.\(step % 3)"), UInt64(step))
            if step % 7 == 6 { there.setStatus(.stale) }
            loops.settle()
        }
        #expect(sinks.0.updates.count == 21)
        #expect(sinks.0.updates == sinks.1.updates)
        #expect(there.subscriberCount == 2 && here.subscriberCount == 2)
        sessions.forEach { $0.end() }
        #expect(there.subscriberCount == 0)
    }

    @Test func `a book that is followed has the owner's levels, best first, and its deltas`() throws
    {
        let loops = LoopsFixture()
        let (there, here) = try loops.topic("book:binance:BTC/USDT:3")
        let (owned, followed) = (there as! BookTopic, here as! BookTopic)
        var book = OrderBook()
        for price in 1...5 {
            try book.set(.bid, price: decimal("\(price)"), quantity: decimal("1"))
            try book.set(.ask, price: decimal("\(price + 10)"), quantity: decimal("1"))
        }
        owned.apply(book, 1)
        loops.settle()
        #expect(followed.snapshot() == owned.snapshot())
        let base = owned.position
        try book.set(.bid, price: decimal("5"), quantity: .zero)
        try book.set(.ask, price: decimal("10.5"), quantity: decimal("7"))
        owned.apply(book, 2)
        loops.settle()
        #expect(followed.snapshot() == owned.snapshot())
        let sinks = (FakeSink(), FakeSink())
        let sessions = [
            loops.subscribe(owned, to: sinks.0, resumeAt: base),
            loops.subscribe(followed, to: sinks.1, resumeAt: base),
        ]
        #expect(sinks.0.updates.count == 1 && sinks.0.updates[0].baseSequence == base.sequence)
        #expect(sinks.0.updates == sinks.1.updates)
        sessions.forEach { $0.end() }
    }

    @Test func `a book that begins anew is a new epoch everywhere`() throws {
        let loops = LoopsFixture()
        let (there, here) = try loops.topic("book:binance:BTC/USDT:3")
        var book = OrderBook()
        try book.set(.bid, price: decimal("1"), quantity: decimal("1"))
        (there as! BookTopic).apply(book, 1)
        loops.settle()
        let sink = FakeSink()
        let session = loops.subscribe(here, to: sink)
        there.setStatus(.resyncing)
        loops.settle()
        try book.set(.bid, price: decimal("2"), quantity: decimal("1"))
        (there as! BookTopic).apply(book, 2)
        loops.settle()
        #expect(sink.updates.count == 3)
        #expect(sink.updates[2].epoch == there.position.epoch)
        #expect(sink.updates[2].baseSequence == nil)
        session.end()
    }

    @Test func `several publications that arrive at once are one update from the first base`()
        throws
    {
        let loops = LoopsFixture()
        let (there, here) = try loops.topic(name)
        (there as! TickTopic).apply(tick("1", "2"), 1)
        loops.settle()
        let sink = FakeSink()
        let session = loops.subscribe(here, to: sink)
        for step in 0..<3 {
            (there as! TickTopic).apply(tick("1.\(step + 1)", "2"), UInt64(step + 2))
            loops.owner.turn.end()
        }
        loops.settle()
        #expect(sink.updates.count == 2)
        #expect(sink.updates[1].baseSequence == 1 && sink.updates[1].sequence == 4)
        session.end()
    }

    // MARK: Events

    @Test func `who resumes on another loop gets the events that it lacks`() throws {
        let loops = LoopsFixture()
        let (there, here) = try loops.topic("trade:binance:BTC/USDT")
        for id in 1...5 {
            (there as! EventTopic).append(
                trade(UInt64(id)), eventTime: .unknown, receiveTime: .unknown)
        }
        loops.settle()
        let sink = FakeSink()
        let position = Position(epoch: there.position.epoch, sequence: 3)
        let session = loops.subscribe(here, to: sink, resumeAt: position)
        #expect(sink.updates.map(\.sequence) == [4, 5, 6])
        session.end()
    }

    @Test func `events that the owner has forgotten before they were told are a gap`() throws {
        let loops = LoopsFixture(eventsPerTopicMax: 4)
        let (there, here) = try loops.topic("trade:binance:BTC/USDT")
        let sink = FakeSink()
        let session = loops.subscribe(here, to: sink)
        func append(_ ids: ClosedRange<UInt64>) {
            for id in ids {
                (there as! EventTopic).append(trade(id), eventTime: .unknown, receiveTime: .unknown)
            }
            loops.owner.turn.end()
        }
        // The first publication has arrived when the ring is far ahead of it.
        append(1...3)
        loops.follower.hearNews()
        append(4...9)
        loops.turn.end()
        guard case .gap(let early)? = sink.updates.first?.payload else {
            Issue.record("no gap: \(sink.updates)")
            return
        }
        #expect(early.fromSequence == 1 && early.toSequence == 4)
        loops.settle()
        guard case .gap(let late)? = sink.updates.dropFirst().first?.payload else {
            Issue.record("no second gap: \(sink.updates)")
            return
        }
        #expect(late.fromSequence == 5 && late.toSequence == 6)
        #expect(sink.updates.dropFirst(2).map(\.sequence) == [7, 8, 9, 10])
        session.end()
    }

    // MARK: Topics

    @Test func `a topic that is first named on another loop is fetched there`() throws {
        let loops = LoopsFixture()
        let here = try loops.follower.topic(named: name)
        let sink = FakeSink()
        let session = loops.subscribe(here, to: sink)
        #expect(sink.updates.map(\.status) == [.stale])
        loops.settle()
        #expect(loops.owner.venue.demanded.map(\.symbol.description) == ["BTC/USDT"])
        let there = try loops.owner.tick()
        #expect(there.number == here.number && there.position == here.position)
        there.apply(tick("1", "2"), 1)
        loops.settle()
        #expect(sink.updates.count == 2 && sink.updates[1].baseSequence == 0)
        session.end()
    }

    @Test func `a topic of the owner exists on the other loop before anybody names it`() throws {
        let loops = LoopsFixture()
        let topic = try loops.owner.tick()
        topic.apply(tick("1", "2"), 1)
        loops.settle()
        let sink = FakeSink()
        let session = loops.subscribe(try loops.follower.topic(named: name), to: sink)
        #expect(sink.updates.map(\.sequence) == [1])
        session.end()
    }

    @Test func `an instrument that the owner refuses ends where it was named`() throws {
        let loops = LoopsFixture()
        let here = try loops.follower.topic(named: "tick:binance:NOT/LISTED")
        let sink = FakeSink()
        let session = loops.subscribe(here, to: sink)
        loops.settle()
        guard case .rejected(let rejected)? = sink.updates.last?.payload else {
            Issue.record("not told: \(sink.updates)")
            return
        }
        #expect(rejected.message == "binance does not list NOT/LISTED")
        #expect(here.subscriberCount == 0 && session.behindCount == 0)
    }

    @Test func `an instrument that is listed no more ends everywhere`() throws {
        let loops = LoopsFixture()
        let (there, here) = try loops.topic(name)
        let sink = FakeSink()
        let session = loops.subscribe(here, to: sink)
        loops.owner.hub.dissolve(loops.owner.venue.demanded[0])
        loops.settle()
        guard case .rejected? = sink.updates.last?.payload else {
            Issue.record("not told: \(sink.updates)")
            return
        }
        #expect(there.subscriberCount == 0 && session.behindCount == 0)
        // Named again it is another topic.
        let again = try loops.topic(name)
        #expect(again.here.number == again.there.number && again.here.number != here.number)
    }

    @Test func `what a venue lists is known on the other loop`() throws {
        let loops = LoopsFixture()
        var symbols = SymbolTable(venue: "binance")
        symbols.replace(with: [] as [Market.Instrument])
        loops.owner.hub.listed(symbols)
        loops.settle()
        #expect(throws: TopicRefusal(.unknown, "binance does not list BTC/USDT")) {
            try loops.follower.topic(named: name)
        }
        #expect(throws: TopicRefusal.self) { try loops.follower.topic(named: "tick:kraken:A/B") }
    }

    @Test func `the limit of topics counts those of all loops`() throws {
        let loops = LoopsFixture(topicsMax: 8)
        _ = try loops.owner.tick()
        _ = try loops.follower.topic(named: "tick:binance:ETH/USDT")
        let refusal = TopicRefusal(.exhausted, "the server's limit of 8 topics is reached")
        #expect(throws: refusal) { try loops.owner.tick("tick:binance:SOL/USDT") }
        #expect(throws: refusal) { try loops.follower.topic(named: "tick:binance:SOL/USDT") }
    }

    // MARK: Books that are forgotten

    @Test func `a book that somebody wants on another loop is not forgotten`() throws {
        let loops = LoopsFixture()
        let (there, here) = try loops.topic("book:binance:BTC/USDT:3")
        var book = OrderBook()
        try book.set(.bid, price: decimal("1"), quantity: decimal("1"))
        (there as! BookTopic).apply(book, 1)
        loops.settle()
        let sink = FakeSink()
        let session = loops.subscribe(here, to: sink)
        loops.owner.turn.advance(BookTopic.keepLimit + .seconds(1))
        (there as! BookTopic).apply(book, 2)
        #expect((there as! BookTopic).hasState)
        session.end()
        loops.owner.turn.advance(BookTopic.keepLimit + .seconds(1))
        (there as! BookTopic).apply(book, 3)
        loops.settle()
        #expect(!(there as! BookTopic).hasState && !(here as! BookTopic).hasState)
    }

    @Test func `a book that is forgotten while another loop begins to want it is asked for`() throws
    {
        let loops = LoopsFixture()
        let (there, here) = try loops.topic("book:binance:BTC/USDT:3")
        var book = OrderBook()
        try book.set(.bid, price: decimal("1"), quantity: decimal("1"))
        (there as! BookTopic).apply(book, 1)
        loops.settle()
        let before = loops.owner.venue.added.count
        loops.owner.turn.advance(BookTopic.keepLimit + .seconds(1))
        (there as! BookTopic).apply(book, 2)
        let sink = FakeSink()
        let session = loops.subscribe(here, to: sink)
        loops.settle()
        #expect(loops.owner.venue.added.count == before + 1)
        session.end()
    }

    @Test func `a book that is only asked for its snapshot on another loop is kept`() throws {
        let loops = LoopsFixture()
        let (there, _) = try loops.topic("book:binance:BTC/USDT:3")
        var book = OrderBook()
        try book.set(.bid, price: decimal("1"), quantity: decimal("1"))
        for step in 1...12 {
            (there as! BookTopic).apply(book, UInt64(step))
            loops.settle()
            loops.owner.turn.advance(.seconds(10))
            loops.turn.advance(.seconds(10))
            _ = try loops.follower.topic(named: "book:binance:BTC/USDT:3")
            loops.settle()
        }
        #expect((there as! BookTopic).hasState)
    }

    // MARK: Echo

    @Test func `up to date is told after everything that came before`() throws {
        let loops = LoopsFixture()
        let (there, here) = try loops.topic(name)
        var positions: [Position] = []
        (there as! TickTopic).apply(tick("1", "2"), 1)
        loops.follower.whenUpToDate { positions.append(here.position) }
        #expect(positions.isEmpty)
        loops.settle()
        #expect(positions == [there.position] && there.position.sequence == 1)
        loops.owner.hub.whenUpToDate { positions.append(there.position) }
        #expect(positions.count == 2)
    }

    // MARK: Takeover

    @Test func `what is taken over from a predecessor is there on every loop`() throws {
        let old = HubFixture()
        let topic = try old.tick()
        topic.apply(tick("1", "2"), 7)
        old.turn.end()
        let loops = LoopsFixture()
        var inheritance = Inheritance(limits: HubLimits())
        inheritance.add(topic.record(), isComplete: true)
        loops.owner.hub.adopt(inheritance)
        loops.settle()
        let sink = FakeSink()
        let session = loops.subscribe(
            try loops.follower.topic(named: name), to: sink, resumeAt: topic.position)
        #expect(sink.updates.isEmpty)
        let heir = try loops.owner.tick()
        heir.apply(tick("1", "3"), 8)
        loops.settle()
        #expect(sink.updates.map(\.baseSequence) == [topic.position.sequence])
        session.end()
    }
}
