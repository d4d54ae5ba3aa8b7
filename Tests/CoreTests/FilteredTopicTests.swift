import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

/// A filter decides when a state is sent, never what.
@Suite struct FilteredTopicTests {
    let fixture = HubFixture()
    let topic: TickTopic
    let sink = FakeSink()

    init() throws {
        topic = try fixture.tick()
        apply("100", "200")
    }

    func apply(_ bid: String, _ ask: String) {
        topic.apply(tick(bid, ask), 1)
        fixture.turn.end()
    }

    static func options(
        _ filter: String, for topic: Topic, fields: FieldSet = .all, rate: Rate? = nil
    ) throws -> SubscriptionOptions {
        var options = SubscriptionOptions()
        options.filter = try LifeFilter(text: filter, passes: { _ in nil }).program(of: topic)
        (options.fields, options.rate) = (fields, rate)
        return options
    }

    func subscribe(
        _ filter: String, fields: FieldSet = .all, rate: Rate? = nil, at position: Position? = nil
    ) throws -> (session: Session, subscription: Subscription) {
        let session = Session(codec: .protobuf, sink: sink)
        let options = try Self.options(filter, for: topic, fields: fields, rate: rate)
        let (subscription, _) = session.add(topic, options, resumeAt: position)
        session.becameWritable()
        return (session, subscription)
    }

    var bids: [Int64?] {
        sink.updates.map { update in
            guard case .tick(let tick)? = update.payload, let bid = tick.bidPrice else {
                return nil
            }
            return bid * (tick.priceExponent == 1 ? 10 : tick.priceExponent == 2 ? 100 : 1)
        }
    }

    @Test func `the present state comes first, whether it passes or not`() throws {
        let (session, subscription) = try subscribe("bid_price > 500")
        #expect(sink.updates.count == 1 && sink.updates[0].baseSequence == nil)
        #expect(subscription.isCaughtUp && !subscription.isBehind)
        session.end()
    }

    @Test func `what passes carries everything that changed since the last update`() throws {
        let (session, subscription) = try subscribe("bid_price >= 101")
        let start = topic.position.sequence
        apply("99", "201")
        apply("98", "201")
        #expect(sink.updates.count == 1)
        #expect(subscription.sent?.sequence == start && !subscription.isBehind)
        apply("101", "201")
        let update = try #require(sink.updates.last)
        #expect(sink.updates.count == 2)
        #expect(update.baseSequence == start && update.sequence == start + 3)
        guard case .tick(let tick)? = update.payload else { throw LifeError(text: "\(update)") }
        #expect(tick.bidPrice == 101 && tick.askPrice == 201)
        session.end()
    }

    @Test func `a status and a new epoch always pass`() throws {
        let (session, _) = try subscribe("bid_price > 500")
        topic.setStatus(.stale)
        fixture.turn.end()
        #expect(sink.updates.last?.status == .stale)
        topic.beginEpoch()
        fixture.turn.end()
        #expect(sink.updates.count == 3)
        #expect(sink.updates.last?.baseSequence == nil)
        #expect(sink.updates.last?.epoch == topic.position.epoch)
        session.end()
    }

    @Test func `a live start waits for the first state that passes`() throws {
        let session = Session(codec: .protobuf, sink: sink)
        var options = try Self.options("bid_price >= 101", for: topic)
        options.start = .live
        _ = session.add(topic, options, resumeAt: nil)
        session.becameWritable()
        apply("99", "200")
        #expect(sink.updates.isEmpty)
        apply("101", "200")
        #expect(sink.updates.count == 1 && sink.updates[0].baseSequence == nil)
        session.end()
    }

    @Test func `equal filters are one audience, and their frames are encoded once`() throws {
        let (one, first) = try subscribe("bid_price > 1 and ask_price > 1")
        let (two, second) = try subscribe("ask_price > 1.0 and bid_price > 1")
        let (three, third) = try subscribe("ask_price > 1.1 and bid_price > 1")
        let (four, fourth) = try subscribe("symbol == BTC/USDT and ask_price > 1 and bid_price > 1")
        #expect(first.audience === second.audience && first.audience === fourth.audience)
        #expect(first.audience !== third.audience)
        for session in [one, two, three, four] { session.end() }
    }

    // MARK: Changes

    @Test func `a change is measured against what was told last, not against the last state`()
        throws
    {
        let (session, _) = try subscribe("change(bid_price) >= 1")
        for bid in ["100.4", "100.8", "101.2", "101.6", "100.3", "100.2"] { apply(bid, "200") }
        let sequences = sink.updates.compactMap(\.sequence)
        // 101.2 is 1.2 above 100; 100.2 is 1 below 101.2.
        #expect(sequences == [1, 4, 7])
        session.end()
    }

    @Test func `a status that is told tells the values, too`() throws {
        let (session, _) = try subscribe("change(bid_price) >= 1%")
        topic.apply(tick("100.9", "200"), 2)
        topic.setStatus(.stale)
        fixture.turn.end()
        #expect(sink.updates.count == 2)
        topic.setStatus(.live)
        fixture.turn.end()
        let before = sink.updates.count
        apply("101.5", "200")
        #expect(sink.updates.count == before)
        apply("101.909", "200")
        #expect(sink.updates.count == before + 1)
        session.end()
    }

    // MARK: Behind and resting

    @Test func `who could not take what passed gets the present when that passes, and only then`()
        throws
    {
        let (session, subscription) = try subscribe("bid_price >= 101")
        sink.isBlocked = true
        apply("101", "200")
        #expect(subscription.isBehind)
        apply("99", "203")
        sink.isBlocked = false
        session.becameWritable()
        #expect(sink.updates.count == 1 && !subscription.isBehind)
        #expect(subscription.sent?.sequence == 1)
        apply("102", "203")
        let update = try #require(sink.updates.last)
        #expect(sink.updates.count == 2 && update.baseSequence == 1 && update.sequence == 4)
        #expect(subscription.sent == topic.position)
        session.end()
    }

    @Test func `who could not take a change gets it even if little changed since`() throws {
        let (session, subscription) = try subscribe("change(bid_price) >= 5")
        sink.isBlocked = true
        apply("106", "200")
        apply("107", "200")
        sink.isBlocked = false
        session.becameWritable()
        #expect(bids == [100, 107])
        #expect(subscription.sent == topic.position && !subscription.isBehind)
        session.end()
    }

    @Test func `who resumes gets what passed since then if it still passes`() throws {
        let base = topic.position
        apply("105", "200")
        let (session, subscription) = try subscribe("bid_price >= 101", at: base)
        #expect(sink.updates.count == 1 && sink.updates[0].baseSequence == base.sequence)
        #expect(subscription.isCaughtUp)
        session.end()
    }

    @Test func `who resumes where nothing passed is caught up, not behind, and gets it all later`()
        throws
    {
        let base = topic.position
        apply("99", "201")
        let (session, subscription) = try subscribe("bid_price >= 101", at: base)
        #expect(sink.updates.isEmpty)
        #expect(subscription.isCaughtUp && !subscription.isBehind && subscription.sent == base)
        apply("98", "201")
        #expect(sink.updates.isEmpty)
        apply("101", "201")
        let update = try #require(sink.updates.last)
        #expect(update.baseSequence == base.sequence && update.sequence == topic.position.sequence)
        guard case .tick(let tick)? = update.payload else { throw LifeError(text: "\(update)") }
        #expect(tick.bidPrice == 101 && tick.askPrice == 201)
        #expect(subscription.sent == topic.position)
        session.end()
    }

    @Test func `what passes by a field that is not wanted wakes those who lack wanted ones`() throws
    {
        let base = topic.position
        apply("99", "200")
        let (session, subscription) = try subscribe(
            "ask_price >= 300", fields: [.bidPrice], at: base)
        #expect(sink.updates.isEmpty && subscription.sent == base)
        apply("99", "300")
        #expect(bids == [99])
        #expect(subscription.sent == topic.position)
        session.end()
    }

    @Test func `what changed outside the fields sends nothing, whatever passes`() throws {
        let (session, subscription) = try subscribe("ask_price >= 300", fields: [.bidPrice])
        apply("100", "300")
        #expect(sink.updates.count == 1 && !subscription.isBehind)
        session.end()
    }

    @Test func `what did not pass before the wanted field rested comes along later`() throws {
        let (session, _) = try subscribe("ask_price >= 300", fields: [.bidPrice])
        apply("101", "200")
        #expect(sink.updates.count == 1)
        apply("101", "300")
        #expect(bids == [100, 101])
        session.end()
    }

    // MARK: Rates, policies, changes of mind

    @Test func `a rate and a filter together judge what there is when something may be sent`()
        throws
    {
        let (session, subscription) = try subscribe("bid_price >= 101", rate: .ui)
        apply("101", "200")
        #expect(sink.updates.count == 2)
        apply("102", "200")
        apply("99", "200")
        fixture.turn.advance(.seconds(1))
        #expect(sink.updates.count == 2 && !subscription.isBehind)
        apply("103", "200")
        #expect(sink.updates.count == 3)
        apply("104", "200")
        #expect(sink.updates.count == 3)
        fixture.turn.advance(.seconds(1))
        #expect(bids.last == 104)
        session.end()
    }

    @Test func `what a filter withheld does not close a subscription that closes when behind`()
        throws
    {
        let session = Session(codec: .protobuf, sink: sink)
        var options = try Self.options("bid_price >= 9999", for: topic)
        options.closesWhenBehind = true
        let (subscription, _) = session.add(topic, options, resumeAt: nil)
        session.becameWritable()
        for step in 0..<1500 { apply("\(200 + step)", "20000") }
        sink.isBlocked = true
        apply("9999", "20000")
        #expect(subscription.isBehind)
        sink.isBlocked = false
        session.becameWritable()
        #expect(subscription.sent == topic.position && sink.updates.count == 2)
        sink.isBlocked = true
        for step in 0..<1002 { apply("\(10_000 + step)", "20000") }
        sink.isBlocked = false
        session.becameWritable()
        #expect(session.subscription(of: topic) == nil)
        session.end()
    }

    @Test func `a new filter goes on where the old one stood`() throws {
        let (session, subscription) = try subscribe("bid_price >= 500")
        apply("150", "200")
        #expect(sink.updates.count == 1)
        #expect(
            session.change(
                subscription, to: try Self.options("bid_price >= 120", for: topic)))
        session.becameWritable()
        #expect(bids == [100, 150])
        #expect(sink.updates.last?.baseSequence == 1)
        #expect(session.change(subscription, to: SubscriptionOptions()))
        session.becameWritable()
        apply("5", "200")
        #expect(bids == [100, 150, 5])
        session.end()
    }

    @Test func `a book is filtered by its best levels`() throws {
        let book = try fixture.book()
        var levels = OrderBook()
        try levels.set(.bid, price: decimal("10"), quantity: decimal("1"))
        book.apply(levels, 1)
        let session = Session(codec: .protobuf, sink: sink)
        let options = try Self.options(
            "best_bid_price >= 11 or best_ask_quantity == 3", for: book)
        _ = session.add(book, options, resumeAt: nil)
        session.becameWritable()
        try levels.set(.bid, price: decimal("9"), quantity: decimal("1"))
        book.apply(levels, 2)
        fixture.turn.end()
        #expect(sink.updates.count == 1)
        try levels.set(.ask, price: decimal("12"), quantity: decimal("3"))
        book.apply(levels, 3)
        fixture.turn.end()
        #expect(sink.updates.count == 2 && sink.updates[1].baseSequence == 1)
        session.end()
    }
}
