package import Base

/// A message of the model before it is put on the tape.
package struct ModelEvent: Sendable {
    package enum Kind: Int, Sendable { case trade, aggregateTrade, bookTicker, depth }

    /// Tape time, nanoseconds.
    package let time: Int64
    package let kind: Kind
    package let payload: String
}

/// One instrument of the market model: a book of a thousand levels a side around a price that
/// wanders and is pulled home, traded by takers. Everything follows from the seed.
///
/// Ids are as Binance's: every changed level takes one update id, diffs are contiguous
/// (`U` = previous `u` + 1), bookTicker runs ahead of them, trade ids have no holes.
package struct ModelInstrument: Sendable {
    package static let levels = 1000
    /// Far levels beyond this many are taken away again.
    private static let levelsMax = 1050
    /// A diff every 100 ms, as `@depth@100ms`.
    package static let step: Int64 = 100_000_000

    package let specification: ModelSpecification
    package private(set) var book: ModelBook
    private var random: SeededRandom
    private var fair: Double
    private var tradeID: UInt64
    private var aggregateID: UInt64
    private var lastDiff: UInt64
    private var quoted: (bid: ModelLevel, ask: ModelLevel)?

    package init(_ specification: ModelSpecification, seed: UInt64) {
        self.specification = specification
        random = SeededRandom(seed: seed)
        fair = Double(specification.price)
        tradeID = 1_000_000 + random.next() % 1_000_000_000
        aggregateID = 1_000_000 + random.next() % 1_000_000_000
        book = ModelBook(lastUpdateID: 1_000_000_000 + random.next() % 10_000_000_000)
        lastDiff = 0
        let tick = specification.tick
        book.set(isBid: true, price: specification.price - tick, quantity: someQuantity())
        book.set(isBid: false, price: specification.price + tick, quantity: someQuantity())
        extendSides()
        _ = book.takeTouched()
        lastDiff = book.lastUpdateID
    }

    /// Lives through the 100 ms that begin at `start` and appends what the venue would send.
    package mutating func step(from start: Int64, epoch: Timestamp, into events: inout [ModelEvent])
    {
        drift()
        let mean = specification.changesPerSecond / 10
        let changes = Int(mean * 2 * random.unit() + random.unit())
        for number in 0..<changes {
            let share = (Double(number) + random.unit()) / Double(changes)
            let time = start + Int64(share * Double(ModelInstrument.step - 1_000_000))
            change(at: time, epoch, &events)
            quote(at: time, &events)
        }
        extendSides()
        guard book.lastUpdateID > lastDiff else { return }
        let time = start + ModelInstrument.step - 1
        let touched = book.takeTouched()
        let payload =
            "{\"e\":\"depthUpdate\",\"E\":\(milliseconds(time, epoch)),"
            + "\"s\":\"\(specification.symbol)\",\"U\":\(lastDiff + 1),\"u\":\(book.lastUpdateID),"
            + "\"b\":\(levelsText(touched.bids)),\"a\":\(levelsText(touched.asks))}"
        lastDiff = book.lastUpdateID
        events.append(ModelEvent(time: time, kind: .depth, payload: payload))
    }

    /// The price wanders by about 0.003 % a step and is drawn back to where it began.
    private mutating func drift() {
        let bell = random.unit() + random.unit() + random.unit() - 1.5
        let home = Double(specification.price)
        fair += fair * bell * 0.00006 + (home - fair) * 0.0002
    }

    private mutating func change(
        at time: Int64, _ epoch: Timestamp, _ events: inout [ModelEvent]
    ) {
        let choice = random.unit()
        if fair > Double(book.bestAsk.price) {
            trade(buying: true, at: time, epoch, &events)
        } else if fair < Double(book.bestBid.price) {
            trade(buying: false, at: time, epoch, &events)
        } else if choice < 0.1 {
            trade(buying: random.unit() < 0.5, at: time, epoch, &events)
        } else {
            // Makers close a wide spread first, on the side that is further from the price.
            let (bid, ask) = (Double(book.bestBid.price), Double(book.bestAsk.price))
            let isWide = ask - bid > Double(4 * specification.tick)
            let isBid = isWide ? fair - bid > ask - fair : random.unit() < 0.5
            if choice < (isWide ? 0.75 : 0.35) {
                improve(isBid: isBid)
            } else {
                alter(isBid: random.unit() < 0.5)
            }
        }
    }

    /// A new best level on the way to the fair price, or a level in a hole near the best.
    private mutating func improve(isBid: Bool) {
        let tick = specification.tick
        let best = isBid ? book.bestBid.price : book.bestAsk.price
        let inner = isBid ? best + tick : best - tick
        let isFree = isBid ? inner < book.bestAsk.price : inner > book.bestBid.price
        let isFair = isBid ? Double(inner) <= fair : Double(inner) >= fair
        if isFree && isFair {
            // Jump most of the way when the price has left the book behind.
            let distance = Int64(
                abs(fair - Double(best)) / Double(tick) * (0.6 + 0.4 * random.unit()))
            let jump = max(0, distance - 1) * tick
            let target = isBid ? inner + jump : inner - jump
            let fits = isBid ? target < book.bestAsk.price : target > book.bestBid.price
            book.set(isBid: isBid, price: fits ? target : inner, quantity: someQuantity())
        } else {
            let depth = (1 + Int64(random.unit() * 40)) * tick
            let price = isBid ? best - depth : best + depth
            if price > 0 { book.set(isBid: isBid, price: price, quantity: someQuantity()) }
        }
    }

    /// Another quantity for a level, or none; near the best more often than far from it.
    private mutating func alter(isBid: Bool) {
        let skew = random.unit()
        let count = isBid ? book.bids.count : book.asks.count
        let rank = Int(skew * skew * skew * Double(min(count, ModelInstrument.levels) - 1))
        let level = book.level(isBid: isBid, rank: rank)
        let removes = random.unit() < 0.3 && count > ModelInstrument.levels / 2
        book.set(isBid: isBid, price: level.price, quantity: removes ? 0 : someQuantity())
    }

    /// A taker order that eats into the other side, at most three levels deep.
    private mutating func trade(
        buying: Bool, at time: Int64, _ epoch: Timestamp, _ events: inout [ModelEvent]
    ) {
        // An order that moves the price is large, the many others are small.
        let best = Double(buying ? book.bestAsk.price : book.bestBid.price)
        let moves = buying ? fair > best : fair < best
        let size = moves ? someQuantity() : someQuantity() / 20
        var wanted = max(1, size / specification.lot) * specification.lot
        let clock = milliseconds(time, epoch)
        for _ in 0..<3 where wanted > 0 {
            let level = buying ? book.bestAsk : book.bestBid
            let filled = min(wanted, level.quantity)
            wanted -= filled
            book.set(isBid: !buying, price: level.price, quantity: level.quantity - filled)
            let first = tradeID + 1
            let half = filled / 2 / specification.lot * specification.lot
            let parts = half > 0 && random.unit() < 0.3 ? [half, filled - half] : [filled]
            let price = fixedText(level.price)
            let tail = "\"T\":\(clock),\"m\":\(!buying),\"M\":true}"
            for part in parts {
                tradeID += 1
                let payload =
                    "{\"e\":\"trade\",\"E\":\(clock),\"s\":\"\(specification.symbol)\","
                    + "\"t\":\(tradeID),\"p\":\"\(price)\",\"q\":\"\(fixedText(part))\",\(tail)"
                events.append(ModelEvent(time: time, kind: .trade, payload: payload))
            }
            aggregateID += 1
            let payload =
                "{\"e\":\"aggTrade\",\"E\":\(clock),\"s\":\"\(specification.symbol)\","
                + "\"a\":\(aggregateID),\"p\":\"\(price)\",\"q\":\"\(fixedText(filled))\","
                + "\"f\":\(first),\"l\":\(tradeID),\(tail)"
            events.append(ModelEvent(time: time, kind: .aggregateTrade, payload: payload))
        }
    }

    private mutating func quote(at time: Int64, _ events: inout [ModelEvent]) {
        let (bid, ask) = (book.bestBid, book.bestAsk)
        if let quoted, quoted.bid == bid, quoted.ask == ask { return }
        quoted = (bid, ask)
        let payload =
            "{\"u\":\(book.lastUpdateID),\"s\":\"\(specification.symbol)\","
            + "\"b\":\"\(fixedText(bid.price))\",\"B\":\"\(fixedText(bid.quantity))\","
            + "\"a\":\"\(fixedText(ask.price))\",\"A\":\"\(fixedText(ask.quantity))\"}"
        events.append(ModelEvent(time: time, kind: .bookTicker, payload: payload))
    }

    /// Keeps both sides near a thousand levels by changing their far ends.
    private mutating func extendSides() {
        for isBid in [true, false] {
            while (isBid ? book.bids.count : book.asks.count) < ModelInstrument.levels {
                let gap = 1 + Int64(random.unit() * Double(specification.gapTicks))
                let worst = isBid ? book.bids[0].price : book.asks[0].price
                let price = worst + (isBid ? -gap : gap) * specification.tick
                if price <= 0 { break }
                book.set(isBid: isBid, price: price, quantity: someQuantity())
            }
            while (isBid ? book.bids.count : book.asks.count) > ModelInstrument.levelsMax {
                let worst = isBid ? book.bids[0].price : book.asks[0].price
                book.set(isBid: isBid, price: worst, quantity: 0)
            }
        }
    }

    private mutating func someQuantity() -> Int64 {
        let share = random.unit()
        let raw = Double(specification.quantity) * (0.02 + share * share * share * 6)
        return max(1, Int64(raw) / specification.lot) * specification.lot
    }

    private func milliseconds(_ time: Int64, _ epoch: Timestamp) -> Int64 {
        (epoch.nanoseconds + time) / 1_000_000
    }

    private func levelsText(_ levels: [ModelLevel]) -> String {
        let pairs = levels.map { "[\"\(fixedText($0.price))\",\"\(fixedText($0.quantity))\"]" }
        return "[" + pairs.joined(separator: ",") + "]"
    }
}
