import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

/// Which topics a hub takes over, and which begin anew.
@Suite struct HandoverTopicTests {
    let old = HubFixture()
    let new = HubFixture()

    static let tickName = "tick:binance:BTC/USDT"
    static let bookName = "book:binance:BTC/USDT"
    static let tradeName = "trade:binance:BTC/USDT"

    private func fill(_ fixture: HubFixture, _ venueSequence: UInt64) throws {
        var book = OrderBook()
        try book.set(.bid, price: decimal("99"), quantity: decimal("\(venueSequence)"))
        try book.set(.ask, price: decimal("101"), quantity: decimal("1"))
        let topic = try fixture.book()
        // Positions that the other hub never had.
        for step in 0...venueSequence {
            try book.set(.bid, price: decimal("98"), quantity: decimal("\(step + 1)"))
            topic.apply(book, venueSequence)
            try fixture.tick().apply(tick("\(step + 1)", "100"), venueSequence)
            fixture.turn.end()
        }
        fixture.trade(1...venueSequence, try fixture.trades())
    }

    // MARK: Records that make no sense

    struct Nonsense: Sendable {
        var text: String
        var topic: String
        var spoil: @Sendable (inout TopicRecord) -> Void
    }

    static let nonsense: [Nonsense] =
        [tickName, bookName, tradeName].flatMap { name in
            [
                Nonsense(text: "epoch 0", topic: name) { $0.epoch = 0 },
                Nonsense(text: "epoch too large", topic: name) { $0.epoch = Epoch.limit },
                Nonsense(text: "no epoch", topic: name) { $0.epoch = nil },
                Nonsense(text: "no sequence", topic: name) { $0.sequence = nil },
                Nonsense(text: "sequence at the end", topic: name) { $0.sequence = .max },
                Nonsense(text: "no status", topic: name) { $0.status = nil },
                Nonsense(text: "only a name", topic: name) { $0 = TopicRecord(name: $0.name) },
            ]
        } + [
            Nonsense(text: "no tick in the record", topic: tickName) { $0.tick?.tick = nil },
            Nonsense(text: "no price", topic: tickName) { $0.tick?.tick?.askPrice = nil },
            Nonsense(text: "no quantity", topic: tickName) { $0.tick?.tick?.bidQuantity = nil },
            Nonsense(text: "exponent", topic: tickName) { $0.tick?.tick?.priceExponent = 19 },
            Nonsense(text: "prices that no message holds", topic: tickName) {
                $0.tick?.tick?.bidPrice = .max
                $0.tick?.tick?.priceExponent = 5
            },
            Nonsense(text: "no asks", topic: bookName) { $0.asks = nil },
            Nonsense(text: "no bids", topic: bookName) { $0.bids = nil },
            Nonsense(text: "columns", topic: bookName) { $0.bids?.prices.append(1) },
            Nonsense(text: "beyond the position", topic: bookName) {
                $0.asks?.sequences = [($0.sequence ?? 0) + 1]
            },
        ]

    @Test(arguments: nonsense)
    func `a topic whose record makes no sense begins anew, all others go on`(
        nonsense: Nonsense
    ) throws {
        try fill(old, 40)
        try fill(new, 20)
        let topics = { (fixture: HubFixture) -> [Topic] in
            [try fixture.tick(), try fixture.book(), try fixture.trades()]
        }
        let (theirs, own) = (try topics(old), try topics(new))
        let before = own.map(\.position)
        let count = try new.takeOver(old) { record in
            var record = record
            if record.name == nonsense.topic { nonsense.spoil(&record) }
            return record
        }
        #expect(count == 3, "the aggregate trades, too")
        for (index, heir) in own.enumerated() {
            if heir.name == nonsense.topic {
                #expect(heir.position.epoch == before[index].epoch)
                #expect(heir.position.sequence == before[index].sequence)
                #expect((heir as? StateTopic)?.snapshot().venueSequence ?? 20 == 20)
            } else {
                #expect(heir.position.epoch == theirs[index].position.epoch, "\(heir.name)")
                #expect(heir.position.sequence >= theirs[index].position.sequence)
            }
        }
        // And lives on.
        try fill(new, 50)
        for (index, heir) in own.enumerated() {
            let known = heir.name == nonsense.topic ? before[index] : theirs[index].position
            #expect(heir.position.sequence > known.sequence)
            #expect(heir.canResume(from: known))
        }
    }

    @Test func `events without a number or told twice are left out`() throws {
        old.trade(1...3, try old.trades())
        let topic = try old.trades()
        try new.takeOver(old) { record in
            var record = record
            record.events += [Update(), Update(sequence: 2)]
            return record
        }
        let start = Position(epoch: topic.position.epoch, sequence: 1)
        #expect(new.updates(of: try new.trades(), after: start).texts == ["1", "2", "3"])
    }

    @Test(arguments: [5, .max - 1, .max] as [UInt64])
    func `a topic with events beyond its position begins anew`(sequence: UInt64) throws {
        old.trade(1...3, try old.trades())
        let epoch = try old.trades().position.epoch
        try new.takeOver(old) { record in
            var record = record
            record.events += [Update(sequence: sequence), Update(sequence: 2)]
            return record
        }
        #expect(try new.trades().position.epoch != epoch)
    }

    // MARK: Topics that this hub does or does not have

    @Test func `topics that this hub cannot have are skipped`() throws {
        try old.tick().apply(tick("1", "2"), 1)
        old.turn.end()
        let names = [
            "tick:kraken:BTC/USDT", "tick:binance:NOT/LISTED", "bench:7", "nonsense", "", "tick:",
            "book:binance:BTC/USDT:0",
        ]
        var inheritance = try Relay.inheritance(from: old, to: new)
        for name in names {
            inheritance.add(
                TopicRecord(name: name, epoch: 5, sequence: 6, status: .live),
                isComplete: true)
        }
        inheritance.add(
            TopicRecord(epoch: 5, sequence: 6, status: .live), isComplete: true)
        #expect(inheritance.count == 4 + names.count)
        #expect(new.hub.prepare(for: inheritance).isEmpty)
        #expect(new.hub.adopt(inheritance) == 4)
        #expect(try new.tick().position == old.tick().position)
    }

    @Test func `topics that this hub does not have yet are created and asked for`() throws {
        _ = try old.book("book:binance:ETH/USDT:9")
        #expect(try new.takeOver(old) == 5)
        #expect(new.venue.demanded.map(\.symbol.description) == ["ETH/USDT"])
        #expect(new.venue.demanded.first?.books.map(\.depth) == [50, 9])
    }

    @Test func `every instrument's connector is told once, the predecessor's and the own`() throws {
        _ = try old.tick()
        _ = try new.tick("tick:binance:ETH/USDT")
        try new.takeOver(old)
        #expect(
            new.venue.heirs.map(\.symbol.description).sorted() == ["BTC/USDT", "ETH/USDT"])
    }

    @Test func `topics that the predecessor does not have keep what they are`() throws {
        _ = try old.tick()
        let topic = try new.tick("tick:binance:ETH/USDT")
        topic.apply(tick("1", "2"), 3)
        new.turn.end()
        let before = topic.snapshot()
        try new.takeOver(old)
        #expect(topic.snapshot() == before)
    }

    @Test func `what waited for the end of the turn is published before, in its own epoch`() throws
    {
        let topic = try new.tick()
        let epoch = topic.position.epoch
        topic.apply(tick("1", "2"), 3)
        let position = try old.tick().position
        try new.takeOver(old)
        #expect(epoch != position.epoch)
        #expect(topic.position == Position(epoch: position.epoch, sequence: 1))
    }

    @Test func `a topic that is new between the passes goes on, too`() throws {
        var relay = Relay(from: old.hub, to: new.hub)
        try relay.tell(complete: false)
        #expect(relay.records.isEmpty)
        try fill(old, 5)
        try relay.tell(complete: true)
        #expect(new.hub.adopt(relay.inheritance) == 4)
        #expect(try new.book().position == old.book().position)
        #expect(try new.trades().position == old.trades().position)
    }

    @Test func `the history pass says of a state topic only where it stands`() throws {
        try fill(old, 3)
        var relay = Relay(from: old.hub, to: new.hub)
        try relay.tell(complete: false)
        for record in relay.records where record.name?.hasPrefix("trade") != true {
            let head = TopicRecord(
                name: record.name, epoch: record.epoch, sequence: record.sequence,
                status: record.status)
            #expect(record == head)
        }
    }

    @Test func `a third hub goes on where the second did`() throws {
        try fill(old, 10)
        try new.takeOver(old)
        let third = HubFixture()
        try third.takeOver(new)
        #expect(try third.tick().position == old.tick().position)
        let start = Position(epoch: try old.trades().position.epoch, sequence: 0)
        #expect(
            third.updates(of: try third.trades(), after: start)
                == old.updates(of: try old.trades(), after: start))
    }

    // MARK: Awaited

    @Test func `a hub that prepares has every topic, and names the books that are live there`()
        throws
    {
        try fill(old, 3)
        _ = try old.hub.topic(named: "book:binance:ETH/USDT")
        _ = old.hub.addEventTopic(named: "bench:1")
        old.turn.end()
        var relay = Relay(from: old.hub, to: new.hub)
        #expect(new.hub.prepare(for: relay.inheritance).isEmpty)
        try relay.tell(complete: false)
        #expect(new.hub.prepare(for: relay.inheritance).map(\.name) == [Self.bookName])
        #expect(new.venue.demanded.count == 2)
    }

    @Test func `a topic that was told only while it could still change is not taken over`() throws {
        try fill(old, 3)
        var relay = Relay(from: old.hub, to: new.hub)
        try relay.tell(complete: false)
        let epoch = try new.trades().position.epoch
        #expect(new.hub.adopt(relay.inheritance) == 0)
        #expect(try new.trades().position.epoch == epoch)
    }
}
