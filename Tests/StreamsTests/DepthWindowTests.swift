import Base
import Market
import Streams
import Testing

@Suite struct DepthWindowTests {
    @Test func `a snapshot is the best levels, best first`() throws {
        var book = OrderBook()
        for price in 1...9 { try book.set(.bid, price: .of(price), quantity: .of(price)) }
        for price in 11...19 { try book.set(.ask, price: .of(price), quantity: .of(price)) }
        var window = DepthWindow(depth: 3)
        var change = BookChange()
        #expect(window.update(from: book, sequence: 1) == true)
        window.snapshot(into: &change)
        #expect(change.bids.map(\.price) == [.of(9), .of(8), .of(7)])
        #expect(change.asks.map(\.price) == [.of(11), .of(12), .of(13)])
        #expect(change.asks.map(\.quantity) == [.of(11), .of(12), .of(13)])
    }

    @Test func `what happens outside of the window uses no sequence`() throws {
        var book = OrderBook()
        var window = DepthWindow(depth: 2)
        #expect(window.update(from: book, sequence: 1) == false)
        for price in 1...4 { try book.set(.bid, price: .of(price), quantity: .of(1)) }
        #expect(window.update(from: book, sequence: 1) == true)
        try book.set(.bid, price: .of(2), quantity: .of(7))
        try book.set(.bid, price: .of(1), quantity: .zero)
        #expect(window.update(from: book, sequence: 2) == false)
        #expect(window.sequence == 1)
        try book.set(.bid, price: .of(3), quantity: .of(7))
        #expect(window.update(from: book, sequence: 2) == true)
    }

    @Test func `a level that enters untouched is told, and so is the one that leaves`() throws {
        var book = OrderBook()
        for price in 1...4 { try book.set(.bid, price: .of(price), quantity: .of(price)) }
        var window = DepthWindow(depth: 2)
        _ = window.update(from: book, sequence: 1)
        try book.set(.bid, price: .of(4), quantity: .zero)
        #expect(window.update(from: book, sequence: 2) == true)
        var change = BookChange()
        #expect(window.delta(since: 1, into: &change) == true)
        #expect(
            Set(change.bids) == [
                Level(price: .of(4), quantity: .zero), Level(price: .of(2), quantity: .of(2)),
            ])
        #expect(change.asks.isEmpty)
        #expect(window.delta(since: 2, into: &change) == true)
        #expect(change.isEmpty)
    }

    @Test(arguments: [2, 8, DepthWindow.tombstonesMax])
    func `a base that lies ahead, or from before a forgotten removal, needs a snapshot`(
        tombstonesMax: Int
    ) throws {
        var book = OrderBook()
        var window = DepthWindow(depth: 1, tombstonesMax: tombstonesMax)
        var change = BookChange()
        for price in 1...tombstonesMax + 2 {
            try book.set(.bid, price: .of(price), quantity: .of(1))
            #expect(window.update(from: book, sequence: UInt64(price)) == true)
        }
        #expect(window.horizon > 0)
        #expect(window.delta(since: window.horizon, into: &change) == true)
        #expect(change.bids.count == tombstonesMax / 2 + 1)
        #expect(window.delta(since: window.horizon - 1, into: &change) == false)
        #expect(change.isEmpty)
        #expect(window.delta(since: window.sequence + 1, into: &change) == false)
    }

    @Test func `a book that was emptied empties the window, whatever its scale was`() throws {
        var book = OrderBook()
        var change = BookChange()
        try book.set(.bid, price: Decimal("1.25")!, quantity: .of(1))
        var window = DepthWindow(depth: 3)
        _ = window.update(from: book, sequence: 1)
        book.removeAll()
        #expect(window.update(from: book, sequence: 2) == true)
        #expect(window.delta(since: 1, into: &change) == true)
        #expect(change.bids == [Level(price: Decimal("1.25")!, quantity: .zero)])
    }

    @Test func `a book whose scale is refined shows no change`() throws {
        var book = OrderBook()
        for price in 1...9 { try book.set(.ask, price: .of(price), quantity: .of(1)) }
        var window = DepthWindow(depth: 3)
        _ = window.update(from: book, sequence: 1)
        try book.set(.ask, price: Decimal("8.12345678")!, quantity: .of(1))
        #expect(window.update(from: book, sequence: 2) == false)
    }

    @Test(arguments: 1...25)
    func `from any base in the horizon any later state ends exactly at the window`(
        seed: UInt64
    ) throws {
        var random = SeededRandom(seed: seed)
        var book = OrderBook()
        let depth = [1, 2, 5, 20, 700][Int(seed % 5)]
        var window = DepthWindow(depth: depth)
        var states = [Merged()]
        var change = BookChange()
        var snapshots = 0
        for _ in 0..<1200 {
            try disturb(&book, &random)
            let sequence = UInt64(states.count)
            let before = states[states.count - 1]
            let now = Merged(book, depth: depth)
            #expect(window.update(from: book, sequence: sequence) == (now != before))
            if now != before { states.append(now) }
            var merged = Merged()
            window.snapshot(into: &change)
            merged.apply(change)
            #expect(merged == now)
            let base = UInt64.random(
                in: UInt64(max(0, states.count - 80))..<UInt64(states.count), using: &random)
            guard window.delta(since: base, into: &change) else {
                snapshots += 1
                #expect(base < window.horizon)
                continue
            }
            var follower = states[Int.random(in: Int(base)..<states.count, using: &random)]
            follower.apply(change)
            #expect(follower == now, "seed \(seed), base \(base), sequence \(sequence)")
        }
        #expect(states.count > 25)
        #expect(snapshots < 900)
    }

    private func disturb(_ book: inout OrderBook, _ random: inout SeededRandom) throws {
        if random.chance(0.002) {
            book.removeAll()
            return
        }
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let side: OrderBook.Side = random.chance(0.5) ? .bid : .ask
            let price = Decimal(
                mantissa: Int64.random(in: 1...60, using: &random),
                exponent: random.chance(0.01) ? -Int.random(in: 0...9, using: &random) : 0)
            let quantity = Decimal(
                mantissa: Int64.random(in: -2...3, using: &random).clamped, exponent: -3)
            try book.set(side, price: price, quantity: quantity)
        }
    }
}

/// A client's merged state.
private struct Merged: Equatable {
    var bids: [Decimal: Decimal] = [:]
    var asks: [Decimal: Decimal] = [:]

    init() {}

    init(_ book: OrderBook, depth: Int) {
        for rank in 0..<min(depth, book.count(.bid)) {
            bids[book.level(.bid, rank).price] = book.level(.bid, rank).quantity
        }
        for rank in 0..<min(depth, book.count(.ask)) {
            asks[book.level(.ask, rank).price] = book.level(.ask, rank).quantity
        }
    }

    mutating func apply(_ change: BookChange) {
        for level in change.bids {
            bids[level.price] = level.quantity.isZero ? nil : level.quantity
        }
        for level in change.asks {
            asks[level.price] = level.quantity.isZero ? nil : level.quantity
        }
    }
}

extension Int64 {
    fileprivate var clamped: Int64 { Swift.max(0, self) }
}

extension Decimal {
    fileprivate static func of(_ number: Int) -> Decimal {
        Decimal(mantissa: Int64(number), exponent: 0)
    }
}
