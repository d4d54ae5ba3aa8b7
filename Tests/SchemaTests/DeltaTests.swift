import Base
import Schema
import Testing

@Suite struct `Field delta` {
    private let tick = Tick(
        bidPrice: 100, bidQuantity: 5, askPrice: 101, askQuantity: 6, priceExponent: -2,
        quantityExponent: -3)

    @Test func `nothing changed is no delta`() {
        #expect(tick.delta(since: tick) == nil)
        let output = OutputBuffer()
        #expect(!tick.encodeDelta(since: tick, .protobuf, into: output))
        #expect(output.isEmpty)
    }

    @Test func `a changed mantissa brings its exponent and nothing else`() {
        var next = tick
        next.askPrice = 102
        #expect(next.delta(since: tick) == Tick(askPrice: 102, priceExponent: -2))
    }

    @Test func `a changed exponent brings all its mantissas`() {
        var next = tick
        next.quantityExponent = -4
        #expect(
            next.delta(since: tick)
                == Tick(bidQuantity: 5, askQuantity: 6, quantityExponent: -4))
    }

    @Test func `a mantissa without an exponent gets the exponent it means`() {
        let old = Tick(bidPrice: 1)
        #expect(Tick(bidPrice: 2).delta(since: old) == Tick(bidPrice: 2, priceExponent: 0))
    }

    @Test func `a field that was absent is new`() {
        #expect(tick.delta(since: Tick()) == tick)
    }

    @Test func `a field that is gone cannot be told`() {
        #expect(Tick().delta(since: tick) == nil)
    }

    @Test func `a nested message is reduced to its delta`() {
        let old = Update(topic: 1, sequence: 4, payload: .tick(tick))
        var next = old
        next.sequence = 5
        #expect(next.delta(since: old) == Update(sequence: 5))
        next.payload = .tick(Tick(bidPrice: 99, askPrice: 101, priceExponent: -2))
        #expect(
            next.delta(since: old)
                == Update(sequence: 5, payload: .tick(Tick(bidPrice: 99, priceExponent: -2))))
    }

    @Test func `columns and lists are sent whole or not at all`() {
        let side = BookSide(
            prices: [1, 2], quantities: [3, 4], priceExponent: -1, quantityExponent: -1)
        var other = side
        other.quantities[1] = 5
        let old = Book(bids: side, asks: side)
        #expect(Book(bids: side, asks: other).delta(since: old) == Book(asks: other))
        let topics = SubscribeRequest(topics: ["a", "b"])
        #expect(topics.delta(since: topics) == nil)
        let more = SubscribeRequest(topics: ["a", "c"])
        #expect(more.delta(since: topics) == more)
    }

    @Test func `the encoded delta is the delta encoded`() {
        var next = tick
        next.bidPrice = 99
        for codec in Codec.allCases {
            let output = OutputBuffer()
            #expect(next.encodeDelta(since: tick, codec, into: output))
            #expect(output.copyBytes() == next.delta(since: tick)?.encoded(codec))
        }
    }

    @Test func `old state and delta make the new state`() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<500 {
            func make() -> Tick {
                Tick(
                    bidPrice: Int64(random.next() % 3), bidQuantity: Int64(random.next() % 3),
                    askPrice: Int64(random.next() % 3), askQuantity: Int64(random.next() % 3),
                    priceExponent: -Int32(random.next() % 2), quantityExponent: -5)
            }
            let (old, new) = (make(), make())
            var merged = old
            if let delta = new.delta(since: old) {
                merged.bidPrice = delta.bidPrice ?? merged.bidPrice
                merged.bidQuantity = delta.bidQuantity ?? merged.bidQuantity
                merged.askPrice = delta.askPrice ?? merged.askPrice
                merged.askQuantity = delta.askQuantity ?? merged.askQuantity
                merged.priceExponent = delta.priceExponent ?? merged.priceExponent
                merged.quantityExponent = delta.quantityExponent ?? merged.quantityExponent
            }
            #expect(merged == new)
        }
    }
}
