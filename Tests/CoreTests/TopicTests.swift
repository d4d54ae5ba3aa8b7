import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

@Suite struct TopicTests {
    let fixture = HubFixture()

    @Test func `a tick subscriber gets a snapshot first and then only what changed`() throws {
        let topic = try fixture.tick()
        let sink = FakeSink()
        topic.apply(tick("100", "101"), 1)
        fixture.turn.end()
        let session = fixture.subscribe(topic, to: sink)
        topic.apply(tick("100.5", "101"), 2)
        fixture.turn.end()
        #expect(sink.updates.count == 2)
        #expect(sink.updates[0].baseSequence == nil)
        #expect(sink.updates[0].status == .live)
        #expect(sink.updates[1].baseSequence == sink.updates[0].sequence)
        #expect(sink.updates[1].status == nil)
        guard case .tick(let delta)? = sink.updates[1].payload else {
            Issue.record("no tick")
            return
        }
        #expect(delta.bidPrice == 1005 && delta.priceExponent == -1)
        #expect(delta.askPrice == nil && delta.bidQuantity == nil && delta.quantityExponent == nil)
        session.end()
    }

    @Test func `changes of one turn become one update`() throws {
        let topic = try fixture.tick()
        let sink = FakeSink()
        let session = fixture.subscribe(topic, to: sink)
        for step in 1...5 { topic.apply(tick("\(100 + step)", "200"), UInt64(step)) }
        fixture.turn.end()
        #expect(sink.updates.count == 2)
        #expect(sink.updates.last?.venueSequence == 5)
        #expect(sink.updates.last?.sequence == 1)
        session.end()
    }

    @Test func `a subscription without data says stale and later gets the state`() throws {
        let topic = try fixture.tick()
        let sink = FakeSink()
        let session = fixture.subscribe(topic, to: sink)
        #expect(sink.updates.map(\.status) == [.stale])
        #expect(sink.updates[0].payload == nil)
        topic.apply(tick("1", "2"), 1)
        fixture.turn.end()
        #expect(sink.updates.last?.status == .live)
        session.end()
    }

    @Test func `a slow reader of a state topic gets one delta from where it stopped`() throws {
        let topic = try fixture.tick()
        let sink = FakeSink()
        topic.apply(tick("1", "9"), 1)
        fixture.turn.end()
        let session = fixture.subscribe(topic, to: sink)
        sink.isBlocked = true
        for step in 2...50 {
            topic.apply(tick("\(step)", "99"), UInt64(step))
            fixture.turn.end()
        }
        #expect(sink.updates.count == 1)
        sink.isBlocked = false
        session.becameWritable()
        #expect(sink.updates.count == 2)
        #expect(sink.updates[1].baseSequence == 1)
        #expect(sink.updates[1].sequence == 50)
        #expect(sink.updates[1].venueSequence == 50)
        session.end()
    }

    @Test func `a resync begins a new epoch with a snapshot`() throws {
        let topic = try fixture.book()
        let sink = FakeSink()
        let session = fixture.subscribe(topic, to: sink)
        var book = OrderBook()
        try book.set(.bid, price: decimal("99"), quantity: decimal("1"))
        try book.set(.ask, price: decimal("101"), quantity: decimal("1"))
        topic.apply(book, 10)
        fixture.turn.end()
        topic.setStatus(.resyncing)
        fixture.turn.end()
        try book.set(.bid, price: decimal("98"), quantity: decimal("3"))
        topic.apply(book, 20)
        fixture.turn.end()
        let statuses = sink.updates.map(\.status)
        #expect(statuses == [.stale, .live, .resyncing, .live])
        #expect(sink.updates[2].payload == nil)
        #expect(sink.updates[2].epoch == sink.updates[1].epoch)
        #expect(sink.updates[3].epoch != sink.updates[1].epoch)
        #expect(sink.updates[3].baseSequence == nil)
        #expect(sink.updates[3].venueSequence == 20)
        session.end()
    }

    @Test func `an event that changes nothing inside the window has no sequence`() throws {
        let topic = try fixture.book("book:binance:BTC/USDT:1")
        var book = OrderBook()
        try book.set(.bid, price: decimal("99"), quantity: decimal("1"))
        topic.apply(book, 1)
        fixture.turn.end()
        let position = topic.position
        try book.set(.bid, price: decimal("98"), quantity: decimal("1"))
        topic.apply(book, 2)
        fixture.turn.end()
        #expect(topic.position == position)
    }

    @Test func `a depth that nobody wants any more is forgotten, and filled again when named`()
        throws
    {
        let name = "book:binance:BTC/USDT:7"
        let topic = try fixture.book(name)
        var book = OrderBook()
        try book.set(.bid, price: decimal("99"), quantity: decimal("1"))
        topic.apply(book, 1)
        fixture.turn.end()
        let epoch = topic.position.epoch
        fixture.turn.now.nanoseconds += BookTopic.keepLimit.wholeNanoseconds + 1
        topic.apply(book, 2)
        #expect(!topic.hasState)
        let asked = fixture.venue.added.count
        _ = try fixture.book(name)
        #expect(fixture.venue.added.count == asked + 1)
        topic.apply(book, 3)
        fixture.turn.end()
        #expect(topic.hasState)
        #expect(topic.position.epoch != epoch)
    }

    @Test func `a special depth stays while somebody is subscribed, the default one always`()
        throws
    {
        let special = try fixture.book("book:binance:BTC/USDT:7")
        let usual = try fixture.book()
        let sink = FakeSink()
        let session = fixture.subscribe(special, to: sink)
        var book = OrderBook()
        try book.set(.bid, price: decimal("99"), quantity: decimal("1"))
        for step in 1...3 {
            fixture.turn.now.nanoseconds += BookTopic.keepLimit.wholeNanoseconds + 1
            special.apply(book, UInt64(step))
            usual.apply(book, UInt64(step))
            fixture.turn.end()
        }
        #expect(special.hasState && usual.hasState)
        #expect(!sink.updates.isEmpty)
        session.end()
    }

    @Test func `resume yields exactly the missing delta, or a snapshot when it cannot`() throws {
        let topic = try fixture.tick()
        topic.apply(tick("1", "9"), 1)
        fixture.turn.end()
        let known = topic.position
        topic.apply(tick("2", "9"), 2)
        fixture.turn.end()
        let resumed = FakeSink()
        fixture.subscribe(topic, to: resumed, resumeAt: known).end()
        #expect(resumed.updates.count == 1)
        #expect(resumed.updates[0].baseSequence == known.sequence)
        let current = FakeSink()
        fixture.subscribe(topic, to: current, resumeAt: topic.position).end()
        #expect(current.updates.isEmpty)
        let foreign = FakeSink()
        let other = Position(epoch: known.epoch ^ 1, sequence: known.sequence)
        fixture.subscribe(topic, to: foreign, resumeAt: other).end()
        #expect(foreign.updates.count == 1)
        #expect(foreign.updates[0].baseSequence == nil)
    }
}
