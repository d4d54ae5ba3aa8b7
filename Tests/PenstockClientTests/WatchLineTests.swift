import Base
import Market
import PenstockClient
import Schema
import Testing

@Suite struct WatchLineTests {
    @Test func `the state of a book is one line, best first`() throws {
        #expect(
            text(WatchLine.state(try makeBook()))
                == #"{"topic":"book:binance:BTC/USDT","epoch":9,"sequence":10,"#
                + #""venue_sequence":1010,"status":"live","bids":[["100","1"],["99.9","2.5"]],"#
                + #""asks":[["100.01","0.5"],["100.5","0.001"]],"#
                + #""event_time":5,"receive_time":6,"publish_time":7}"# + "\n")
    }

    @Test func `without state a delta is shown as it came`() throws {
        var state = try makeBook()
        let delta = bookUpdate(12, base: 10, bids: [(9990, 0)])
        _ = try state.apply(delta)
        #expect(
            text(WatchLine.update(delta, of: state, isMerged: false))
                == #"{"topic":"book:binance:BTC/USDT","epoch":9,"sequence":12,"base":10,"#
                + #""venue_sequence":1012,"status":"live","bids":[["99.9","0"]],"asks":[],"#
                + #""event_time":5,"receive_time":6,"publish_time":7}"# + "\n")
        #expect(WatchLine.update(delta, of: state, isMerged: true) == WatchLine.state(state))
    }

    @Test func `without state a snapshot has no base`() throws {
        var state = MergedState(topic: bookTopic)
        let snapshot = bookUpdate(10, bids: [(1, 1)])
        _ = try state.apply(snapshot)
        let line = text(WatchLine.update(snapshot, of: state, isMerged: false))
        #expect(!line.contains("base"))
        #expect(line.contains(#""bids":[["0.01","0.001"]]"#))
    }

    @Test func `a tick shows its four numbers, merged or what changed`() throws {
        var state = MergedState(topic: tickTopic)
        let snapshot = Schema.Tick(
            bidPrice: 10_000, bidQuantity: 5, askPrice: 10_001, askQuantity: 0,
            priceExponent: -2, quantityExponent: 0)
        _ = try state.apply(
            Update(
                epoch: 9, sequence: 1, venueSequence: 8, status: .live, payload: .tick(snapshot)))
        let delta = Update(
            epoch: 9, sequence: 2, baseSequence: 1, venueSequence: 9,
            payload: .tick(Schema.Tick(bidQuantity: 25, quantityExponent: -1)))
        _ = try state.apply(delta)
        let head = #"{"topic":"tick:binance:BTC/USDT","epoch":9,"sequence":2,"#
        #expect(
            text(WatchLine.update(delta, of: state, isMerged: true))
                == head + #""venue_sequence":9,"status":"live","bid":"100","bid_quantity":"2.5","#
                + #""ask":"100.01","ask_quantity":"0"}"# + "\n")
        #expect(
            text(WatchLine.update(delta, of: state, isMerged: false))
                == head + #""base":1,"venue_sequence":9,"status":"live","bid_quantity":"2.5"}"#
                + "\n")
    }

    @Test(arguments: [true, false])
    func `a trade is one line with or without state`(isMerged: Bool) throws {
        var state = MergedState(topic: tradeTopic)
        state.accepted(accepted(tradeTopic, sequence: 40))
        let trade = tradeUpdate(41)
        _ = try state.apply(trade)
        #expect(
            text(WatchLine.update(trade, of: state, isMerged: isMerged))
                == #"{"topic":"trade:binance:BTC/USDT","epoch":9,"sequence":41,"status":"live","#
                + #""id":441,"price":"61837.63","quantity":"0.00001","side":"sell","#
                + #""event_time":1234}"# + "\n")
    }

    @Test func `an aggregate names its first and last trade`() throws {
        var state = MergedState(topic: "aggtrade:binance:BTC/USDT")
        let update = Update(
            epoch: 9, sequence: 1, eventTime: 3,
            payload: .trade(
                Schema.Trade(
                    price: 1, quantity: 2, id: 3, side: .buy, firstID: 4, lastID: 5)))
        _ = try state.apply(update)
        let line = text(WatchLine.update(update, of: state, isMerged: true))
        #expect(line.contains(#""side":"buy","event_time":3,"first_id":4,"last_id":5"#))
    }

    @Test func `a gap says what is missing`() throws {
        var state = MergedState(topic: tradeTopic)
        let gap = Update(
            epoch: 9, sequence: 41, status: .live,
            payload: .gap(Gap(reason: .venueLoss, fromID: 5, toID: 7)))
        _ = try state.apply(gap)
        #expect(
            text(WatchLine.update(gap, of: state, isMerged: true))
                == #"{"topic":"trade:binance:BTC/USDT","epoch":9,"sequence":41,"status":"live","#
                + #""gap":{"reason":"venue_loss","from_id":5,"to_id":7}}"# + "\n")
    }

    @Test func `before the first snapshot the line promises nothing`() {
        #expect(
            text(WatchLine.state(MergedState(topic: tickTopic)))
                == #"{"topic":"tick:binance:BTC/USDT","epoch":0,"sequence":0,"#
                + #""venue_sequence":0,"status":"stale","bid":null,"bid_quantity":null,"#
                + #""ask":null,"ask_quantity":null}"# + "\n")
    }

    @Test func `decimals are in plain notation at both ends of the range`() throws {
        var state = MergedState(topic: bookTopic)
        var snapshot = bookUpdate(1)
        snapshot.payload = .book(
            Book(
                bids: BookSide(
                    prices: [3], quantities: [7], priceExponent: -18, quantityExponent: 18)))
        _ = try state.apply(snapshot)
        #expect(
            text(WatchLine.state(state))
                .contains(#"[["0.000000000000000003","7000000000000000000"]]"#))
    }

    @Test func `every decimal is written as its description`() throws {
        var random = SeededRandom(seed: 5)
        var mantissas: [Int64] = [1, 9, 10, 99, 100, .max, .min, -1, -10]
        for _ in 0..<300 {
            mantissas.append(Int64(truncatingIfNeeded: random.next()) >> Int64(random.next() % 63))
        }
        for (index, mantissa) in mantissas.enumerated() {
            var state = MergedState(topic: tickTopic)
            let exponent = index % 37 - 18
            let tick = Schema.Tick(bidPrice: mantissa, priceExponent: Int32(exponent))
            _ = try state.apply(Update(epoch: 9, sequence: 1, payload: .tick(tick)))
            let decimal = Decimal(mantissa: mantissa, exponent: exponent)
            #expect(text(WatchLine.state(state)).contains("\"bid\":\"\(decimal)\""))
        }
    }

    @Test func `a topic's name is escaped`() {
        let line = text(WatchLine.state(MergedState(topic: "a\"b\\\u{1}\u{e9}")))
        #expect(line.hasPrefix(#"{"topic":"a\"b\\\u0001é","#))
    }
}
