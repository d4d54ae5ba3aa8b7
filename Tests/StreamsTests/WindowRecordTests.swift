import Base
import Market
import Schema
import Streams
import Testing

/// A window that travels as records to another process.
@Suite struct WindowRecordTests {
    @Test(arguments: 1...240)
    func `a window that travelled is the same from every base, now and ever after`(
        seed: UInt64
    ) throws {
        var random = SeededRandom(seed: seed)
        let depth = [1, 2, 5, 20, 700][Int(seed % 5)]
        var book = OrderBook()
        var window = DepthWindow(depth: depth)
        // Some live long enough to forget removals.
        if seed % 40 == 1 {
            for step in 0..<1100 {
                book.removeAll()
                try book.set(.bid, price: number(1000 + step), quantity: number(1))
                try book.set(.ask, price: number(5000 + step), quantity: number(1))
                _ = window.update(from: book, sequence: window.sequence + 1)
            }
            #expect(window.horizon > 0)
        }
        for _ in 0..<random.next() % 100 {
            disturb(&book, &random)
            _ = window.update(from: book, sequence: window.sequence + 1)
        }
        var copy = try travel(window)
        try compare(copy, window)
        for _ in 0..<20 {
            disturb(&book, &random)
            let sequence = window.sequence + 1
            let changed = window.update(from: book, sequence: sequence)
            try #require(copy.update(from: book, sequence: sequence) == changed)
            try compare(copy, window)
        }
    }

    @Test func `the next book may be finer or coarser than the recorded one`() throws {
        for exponent in [-18, -9, -3, -1, 0] {
            var book = OrderBook()
            try book.set(.bid, price: Decimal("1.5")!, quantity: Decimal("200")!)
            try book.set(.ask, price: Decimal("3000")!, quantity: Decimal("0.25")!)
            // Finer than what the window shows: only the book itself knows.
            try book.set(
                .bid, price: Decimal(mantissa: 1, exponent: -4),
                quantity: Decimal(mantissa: 1, exponent: -6))
            var window = DepthWindow(depth: 1)
            _ = window.update(from: book, sequence: 1)
            var copy = try travel(window)
            #expect(copy.update(from: book, sequence: 2) == false)
            var other = OrderBook()
            try other.set(
                .bid, price: Decimal(mantissa: 1, exponent: exponent), quantity: Decimal("2")!)
            try other.set(
                .ask, price: Decimal("2")!, quantity: Decimal(mantissa: 3, exponent: exponent))
            #expect(window.update(from: other, sequence: 2) == true)
            #expect(copy.update(from: other, sequence: 2) == true)
            try compare(copy, window)
        }
    }

    @Test func `an empty window travels, with what it told before`() throws {
        try compare(travel(DepthWindow(depth: 3)), DepthWindow(depth: 3))
        var book = OrderBook()
        try book.set(.bid, price: Decimal("1")!, quantity: Decimal("1")!)
        var window = DepthWindow(depth: 3)
        _ = window.update(from: book, sequence: 4)
        book.removeAll()
        _ = window.update(from: book, sequence: 9)
        let copy = try travel(window)
        #expect(copy.sequence == 9 && copy.count(.bid) == 0)
        try compare(copy, window)
    }

    @Test func `a window of another depth goes on from what was recorded`() throws {
        var book = OrderBook()
        for price in 1...9 {
            try book.set(
                .ask, price: Decimal(mantissa: Int64(price), exponent: 0), quantity: Decimal("1")!)
        }
        var window = DepthWindow(depth: 5)
        _ = window.update(from: book, sequence: 1)
        let records = window.records
        for depth in [2, 8] {
            var copy = try #require(
                DepthWindow(depth: depth, bids: records.bids, asks: records.asks))
            #expect(copy.update(from: book, sequence: 2) == true)
            #expect(copy.count(.ask) == depth)
            var change = BookChange()
            #expect(copy.delta(since: 1, into: &change))
            #expect(change.asks.count == 3)
            #expect(change.asks.allSatisfy { $0.quantity.isZero } == (depth == 2))
        }
    }

    @Test func `more removals than a window remembers move its horizon`() throws {
        let count = DepthWindow.tombstonesMax / 2 + 3
        var record = side()
        record.horizon = 0
        for price in 1...count {
            record.append(price: Int64(100 + price), quantity: 0, at: UInt64(10 + price))
        }
        let window = try #require(DepthWindow(depth: 5, bids: side(), asks: record))
        #expect(window.horizon == 13)
        var change = BookChange()
        #expect(window.delta(since: 13, into: &change))
        #expect(change.asks.count == count - 3)
        #expect(!window.delta(since: 12, into: &change))
        let fewer = try #require(
            DepthWindow(depth: 5, bids: side(), asks: record.dropping(4)))
        #expect(fewer.horizon == 1, "of the other side")
    }

    @Test(arguments: malformed)
    func `columns that no window can have made are refused`(
        name: String, record: SideRecord
    ) throws {
        let fine = side()
        try #require(DepthWindow(depth: 5, bids: fine, asks: fine) != nil)
        #expect(DepthWindow(depth: 5, bids: record, asks: fine) == nil, "\(name)")
        #expect(DepthWindow(depth: 5, bids: fine, asks: record) == nil, "\(name)")
    }

    @Test(arguments: [0, -1, Int.min])
    func `a depth that is none is refused`(depth: Int) {
        #expect(DepthWindow(depth: depth, bids: side(), asks: side()) == nil)
    }

    @Test func `random columns are a window or nothing, and never the end of the process`() throws {
        var random = SeededRandom(seed: 5)
        var windows = 0
        for _ in 0..<4000 {
            let record = noise(&random)
            guard var window = DepthWindow(depth: 3, bids: record, asks: record) else { continue }
            windows += 1
            var change = BookChange()
            window.snapshot(into: &change)
            _ = window.delta(since: window.horizon, into: &change)
            var book = OrderBook()
            try book.set(.bid, price: Decimal("0.001")!, quantity: Decimal("1")!)
            if window.sequence < .max {
                #expect(window.update(from: book, sequence: window.sequence + 1) == true)
                #expect(window.count(.bid) == 1 && window.count(.ask) == 0)
            }
        }
        #expect(windows > 100)
    }

    // MARK: Helpers

    private func number(_ mantissa: Int) -> Decimal {
        Decimal(mantissa: Int64(mantissa), exponent: 0)
    }

    /// Two levels and a removal.
    private func side() -> SideRecord { Self.side() }

    private static func side() -> SideRecord {
        var record = SideRecord(horizon: 1)
        record.append(price: 15, exponent: -1, quantity: 2, at: 2)
        record.append(price: 2, quantity: 0, at: 2)
        record.append(price: 3, quantity: 25, quantityExponent: -2, at: 3)
        return record
    }

    private static let malformed: [(String, SideRecord)] = {
        func mutated(_ name: String, _ body: (inout SideRecord) -> Void) -> (String, SideRecord) {
            var record = side()
            body(&record)
            return (name, record)
        }
        return [
            mutated("prices") { $0.prices.append(9) },
            mutated("price exponents") { $0.priceExponents.removeLast() },
            mutated("quantities") { $0.quantities = [] },
            mutated("quantity exponents") { $0.quantityExponents.append(0) },
            mutated("sequences") { $0.sequences.removeLast() },
            mutated("falling") { $0.sequences = [2, 3, 2] },
            mutated("the same price twice") { $0.append(price: 3, quantity: 1, at: 4) },
            mutated("the same price, spelt otherwise") {
                $0.append(price: 150, exponent: -2, quantity: 1, at: 4)
            },
            mutated("removed and there") { $0.append(price: 2, quantity: 1, at: 4) },
            mutated("exponent above") { $0.append(price: 7, exponent: 19, quantity: 1, at: 4) },
            mutated("exponent below") { $0.append(price: 7, exponent: -19, quantity: 1, at: 4) },
            mutated("exponent far off") {
                $0.append(price: 7, quantity: 1, quantityExponent: .min, at: 4)
            },
            mutated("prices share no exponent") {
                $0.append(price: .max, quantity: 1, at: 4)
                $0.append(price: 1, exponent: -18, quantity: 1, at: 4)
            },
            mutated("quantities share no exponent") {
                $0.append(price: 8, quantity: .max, at: 4)
                $0.append(price: 9, quantity: 1, quantityExponent: -18, at: 4)
            },
            mutated("a price that no book holds") {
                $0 = SideRecord(horizon: 1)
                $0.append(price: .max, exponent: 5, quantity: 1, at: 2)
            },
            mutated("a quantity that no book holds") {
                $0 = SideRecord(horizon: 1)
                $0.append(price: 1, quantity: .max, quantityExponent: 5, at: 2)
            },
            mutated("price negative") { $0.append(price: -8, quantity: 1, at: 4) },
            mutated("price least") { $0.append(price: .min, quantity: 1, at: 4) },
            mutated("price zero") { $0.append(price: 0, quantity: 1, at: 4) },
            mutated("quantity negative") { $0.append(price: 8, quantity: -1, at: 4) },
            mutated("quantity least") { $0.append(price: 8, quantity: .min, at: 4) },
        ]
    }()

    private func noise(_ random: inout SeededRandom) -> SideRecord {
        func pick<Element>(_ elements: [Element]) -> Element {
            elements[Int(random.next() % UInt64(elements.count))]
        }
        var record = SideRecord(horizon: pick([nil, 0, 3, .max]))
        var sequence: UInt64 = 0
        for _ in 0..<random.next() % 5 {
            if random.chance(0.5) { sequence += 1 }
            record.append(
                price: random.chance(0.8) ? Int64(random.next() % 9) + 1 : pick([.max, .min, 0]),
                exponent: random.chance(0.8) ? 0 : pick([-18, 18, 19, -1]),
                quantity: random.chance(0.8) ? Int64(random.next() % 3) : pick([.max, .min]),
                quantityExponent: random.chance(0.8) ? 0 : pick([-18, 18, -19, -1]),
                at: random.chance(0.95) ? sequence : pick([0, .max]))
        }
        return record
    }

    /// Through the records and their bytes.
    private func travel(_ window: DepthWindow) throws -> DepthWindow {
        func again(_ record: SideRecord) throws -> SideRecord {
            let bytes = record.encoded(.protobuf)
            return try SideRecord(decoding: bytes.span.bytes, .protobuf)
        }
        let records = window.records
        let (bids, asks) = (try again(records.bids), try again(records.asks))
        #expect(bids == records.bids && asks == records.asks)
        return try #require(DepthWindow(depth: window.depth, bids: bids, asks: asks))
    }

    private func compare(_ copy: DepthWindow, _ window: DepthWindow) throws {
        try #require(copy.sequence == window.sequence && copy.horizon == window.horizon)
        var (change, other) = (BookChange(), BookChange())
        copy.snapshot(into: &change)
        window.snapshot(into: &other)
        try #require(change.bids == other.bids && change.asks == other.asks)
        let oldest = window.horizon - min(window.horizon, 2)
        let first = max(oldest, window.sequence - min(window.sequence, 150))
        for base in first...window.sequence + 1 {
            let isPossible = window.delta(since: base, into: &other)
            try #require(copy.delta(since: base, into: &change) == isPossible, "base \(base)")
            try #require(change.bids == other.bids && change.asks == other.asks, "base \(base)")
        }
    }

    private func disturb(_ book: inout OrderBook, _ random: inout SeededRandom) {
        if random.chance(0.01) { book.removeAll() }
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let side: OrderBook.Side = random.chance(0.5) ? .bid : .ask
            let price = Decimal(
                mantissa: Int64.random(in: 1...90, using: &random),
                exponent: random.chance(0.03) ? -Int.random(in: 0...9, using: &random) : 0)
            let quantity = Decimal(
                mantissa: max(0, Int64.random(in: -2...30, using: &random)),
                exponent: random.chance(0.03) ? -Int.random(in: 0...12, using: &random) : -3)
            // A level that the book's scale cannot hold is none.
            try? book.set(side, price: price, quantity: quantity)
        }
    }
}

extension SideRecord {
    fileprivate mutating func append(
        price: Int64, exponent: Int32 = 0, quantity: Int64, quantityExponent: Int32 = 0,
        at sequence: UInt64
    ) {
        prices.append(price)
        priceExponents.append(exponent)
        quantities.append(quantity)
        quantityExponents.append(quantityExponent)
        sequences.append(sequence)
    }

    fileprivate func dropping(_ count: Int) -> SideRecord {
        SideRecord(
            prices: prices.dropLast(count), priceExponents: priceExponents.dropLast(count),
            quantities: quantities.dropLast(count),
            quantityExponents: quantityExponents.dropLast(count),
            sequences: sequences.dropLast(count), horizon: horizon)
    }
}
