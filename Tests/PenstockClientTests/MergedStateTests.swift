import Base
import Market
import PenstockClient
import Schema
import Streams
import Testing

@Suite struct MergedStateTests {
    @Test func `a snapshot fills a book, best first`() throws {
        let state = try makeBook()
        #expect(shown(state.bids) == ["1@100", "2.5@99.9"])
        #expect(shown(state.asks) == ["0.5@100.01", "0.001@100.5"])
        #expect(state.position == Position(epoch: 9, sequence: 10))
        #expect(state.venueSequence == 1010)
        #expect(state.isLive)
    }

    @Test func `a delta replaces, inserts and removes levels`() throws {
        var state = try makeBook()
        let delta = bookUpdate(
            12, base: 10, bids: [(10_000, 0), (9995, 7)], asks: [(10_001, 600), (10_000, 0)])
        #expect(try state.apply(delta) == .applied)
        #expect(shown(state.bids) == ["0.007@99.95", "2.5@99.9"])
        #expect(shown(state.asks) == ["0.6@100.01", "0.001@100.5"])
        #expect(state.position?.sequence == 12)
        #expect(state.venueSequence == 1012)
        #expect(state.isLive)
    }

    @Test func `a price is the same price at another exponent`() throws {
        var state = try makeBook()
        var delta = bookUpdate(11, base: 10)
        delta.payload = .book(
            Book(bids: BookSide(prices: [1], quantities: [0], priceExponent: 2)))
        _ = try state.apply(delta)
        #expect(shown(state.bids) == ["2.5@99.9"])
    }

    @Test(arguments: [5, 9, 10] as [UInt64])
    func `a delta is taken from every base up to our sequence`(base: UInt64) throws {
        var state = try makeBook()
        #expect(try state.apply(bookUpdate(11, base: base, bids: [(9980, 1)])) == .applied)
        #expect(state.bids.levels.count == 3)
    }

    @Test(arguments: [8, 10] as [UInt64])
    func `a delta that ends where we are or before is ignored`(sequence: UInt64) throws {
        var state = try makeBook()
        let before = state
        #expect(try state.apply(bookUpdate(sequence, base: 5, bids: [(9980, 1)])) == .ignored)
        #expect(state == before)
    }

    @Test func `a delta that begins after us is a hole and changes nothing`() throws {
        var state = try makeBook()
        let before = state
        let hole = MergeError.hole(have: Position(epoch: 9, sequence: 10), epoch: 9, base: 11)
        #expect(throws: hole) { try state.apply(bookUpdate(12, base: 11, bids: [(9980, 1)])) }
        #expect(state == before)
    }

    @Test func `a delta of another epoch or without a snapshot is a hole`() throws {
        var state = try makeBook()
        let other = MergeError.hole(have: Position(epoch: 9, sequence: 10), epoch: 8, base: 10)
        #expect(throws: other) { try state.apply(bookUpdate(11, base: 10, epoch: 8)) }
        var empty = MergedState(topic: bookTopic)
        empty.accepted(accepted(bookTopic, sequence: 10))
        #expect(throws: MergeError.hole(have: nil, epoch: 9, base: 0)) {
            try empty.apply(bookUpdate(11, base: 0))
        }
    }

    @Test func `a snapshot of a new epoch replaces everything`() throws {
        var state = try makeBook()
        var snapshot = bookUpdate(1, epoch: 77, bids: [(5000, 1)], status: .resyncing)
        snapshot.venueSequence = nil
        #expect(try state.apply(snapshot) == .applied)
        #expect(shown(state.bids) == ["0.001@50"])
        #expect(state.asks.levels.isEmpty)
        #expect(state.position == Position(epoch: 77, sequence: 1))
        #expect(state.venueSequence == nil)
        #expect(!state.isLive)
    }

    @Test func `a status alone keeps the content`() throws {
        var state = try makeBook()
        let update = Update(
            topic: 1, epoch: 9, sequence: 11, baseSequence: 10, status: .resyncing)
        #expect(try state.apply(update) == .applied)
        #expect(state.status == .resyncing)
        #expect(!state.isLive)
        #expect(state.bids.levels.count == 2)
        #expect(state.venueSequence == 1010)
    }

    @Test func `what is malformed changes nothing`() throws {
        var state = try makeBook()
        let before = state
        var columns = bookUpdate(11, base: 10, bids: [(1, 1)])
        columns.payload = .book(
            Book(bids: side([(1, 1)]), asks: BookSide(prices: [1, 2], quantities: [1])))
        #expect(throws: MergeError.columnsDiffer(prices: 2, quantities: 1)) {
            try state.apply(columns)
        }
        var exponent = columns
        exponent.payload = .book(
            Book(
                bids: side([(1, 1)]),
                asks: BookSide(prices: [1], quantities: [1], priceExponent: 19)))
        #expect(throws: MergeError.exponentOutOfRange(19)) { try state.apply(exponent) }
        var foreign = columns
        foreign.payload = .tick(Tick(bidPrice: 1))
        #expect(throws: MergeError.foreignPayload) { try state.apply(foreign) }
        var adrift = columns
        adrift.epoch = nil
        #expect(throws: MergeError.positionMissing) { try state.apply(adrift) }
        #expect(state == before)
    }

    @Test func `in a tick absent fields are unchanged`() throws {
        var state = MergedState(topic: tickTopic)
        let snapshot = Schema.Tick(
            bidPrice: 10_000, bidQuantity: 5, askPrice: 10_001, askQuantity: 0,
            priceExponent: -2, quantityExponent: 0)
        _ = try state.apply(
            Update(epoch: 9, sequence: 1, status: .live, payload: .tick(snapshot)))
        let delta = Schema.Tick(askPrice: 100_025, priceExponent: -3)
        _ = try state.apply(
            Update(epoch: 9, sequence: 2, baseSequence: 1, payload: .tick(delta)))
        #expect(state.tick.bidPrice == Decimal("100"))
        #expect(state.tick.bidQuantity == Decimal("5"))
        #expect(state.tick.askPrice == Decimal("100.025"))
        #expect(state.tick.askQuantity == .zero)
        _ = try state.apply(
            Update(
                epoch: 9, sequence: 3, status: .live, payload: .tick(Schema.Tick(bidPrice: 1))))
        #expect(state.tick.askPrice == nil)
    }

    @Test func `trades follow one another from the accepted position`() throws {
        var state = MergedState(topic: tradeTopic)
        state.accepted(accepted(tradeTopic, sequence: 40))
        #expect(try state.apply(tradeUpdate(41)) == .applied)
        #expect(try state.apply(tradeUpdate(41)) == .ignored)
        #expect(throws: MergeError.self) { try state.apply(tradeUpdate(43)) }
        #expect(try state.apply(tradeUpdate(43, base: 41)) == .applied)
        #expect(state.position == Position(epoch: 9, sequence: 43))
    }

    @Test func `a gap moves on, and one of a new epoch also there`() throws {
        var state = MergedState(topic: tradeTopic)
        state.accepted(accepted(tradeTopic, sequence: 40))
        let expired = Gap(reason: .expired, fromSequence: 41, toSequence: 60)
        _ = try state.apply(
            Update(epoch: 9, sequence: 60, baseSequence: 40, payload: .gap(expired)))
        #expect(state.position?.sequence == 60)
        #expect(throws: MergeError.self) { try state.apply(tradeUpdate(1, epoch: 10)) }
        _ = try state.apply(
            Update(epoch: 10, sequence: 3, payload: .gap(Gap(reason: .newEpoch))))
        #expect(state.position == Position(epoch: 10, sequence: 3))
        #expect(try state.apply(tradeUpdate(4, epoch: 10)) == .applied)
    }

    @Test func `a status of an event topic has a sequence and no event`() throws {
        var state = MergedState(topic: tradeTopic)
        state.accepted(accepted(tradeTopic, sequence: 40))
        let stale = Update(epoch: 9, sequence: 41, status: .stale)
        #expect(try state.apply(stale) == .applied)
        #expect(state.status == .stale)
        #expect(try state.apply(tradeUpdate(42)) == .applied)
        #expect(try state.apply(stale) == .ignored)
        #expect(throws: MergeError.positionMissing) { try state.apply(Update(status: .live)) }
        #expect(state.position?.sequence == 42)
    }

    @Test func `acceptance keeps what is resumed and forgets what is not`() throws {
        var state = try makeBook()
        state.disconnected()
        #expect(state.status == .stale)
        state.accepted(accepted(bookTopic, sequence: 30, resumed: true))
        #expect(state.isLive)
        #expect(state.position?.sequence == 10)
        state.accepted(accepted(bookTopic, sequence: 30, status: .stale))
        #expect(state.position == nil)
        #expect(state.bids.levels.isEmpty)
        #expect(!state.isLive)
    }

    @Test func `a merged book equals one rebuilt from scratch after any changes`() throws {
        var random = SeededRandom(seed: 11)
        var state = try makeBook()
        var expected: [Int64: Int64] = [10_000: 1000, 9990: 2500]
        for sequence in UInt64(11)...400 {
            var changes: [(Int64, Int64)] = []
            for _ in 0..<Int64.random(in: 0...6, using: &random) {
                let price = Int64.random(in: 9900...10_000, using: &random)
                if changes.contains(where: { $0.0 == price }) { continue }
                let quantity = random.chance(0.4) ? 0 : Int64.random(in: 1...99, using: &random)
                changes.append((price, quantity))
                expected[price] = quantity == 0 ? nil : quantity
            }
            _ = try state.apply(bookUpdate(sequence, base: sequence - 1, bids: changes))
        }
        let best = expected.sorted { $0.key > $1.key }
        #expect(
            state.bids.levels
                == best.map {
                    Level(
                        price: Decimal(mantissa: $0.key, exponent: -2),
                        quantity: Decimal(mantissa: $0.value, exponent: -3))
                })
    }
}
