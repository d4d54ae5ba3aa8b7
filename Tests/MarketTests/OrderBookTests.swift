import Base
import Market
import Testing

@Suite struct OrderBookTests {
    @Test func `levels are ranked best first on both sides`() throws {
        var book = OrderBook()
        for price in ["10", "12", "11"] { try book.set(.bid, price, "1") }
        for price in ["15", "13", "14"] { try book.set(.ask, price, "2") }
        #expect(book.texts(.bid) == ["12 1", "11 1", "10 1"])
        #expect(book.texts(.ask) == ["13 2", "14 2", "15 2"])
        #expect(book.bestBid?.price == Decimal("12"))
        #expect(book.bestAsk?.price == Decimal("13"))
    }

    @Test func `a level is set absolutely and zero removes it`() throws {
        var book = OrderBook()
        try book.set(.bid, "10", "1")
        try book.set(.bid, "10", "3.5")
        #expect(book.texts(.bid) == ["10 3.5"])
        try book.set(.bid, "10", "0")
        try book.set(.bid, "10", "0")
        #expect(book.isEmpty)
        #expect(book.bestBid == nil)
    }

    @Test func `a finer price refines the scale and moves no level`() throws {
        var book = OrderBook()
        try book.set(.bid, "60000", "1")
        try book.set(.ask, "60001", "1")
        #expect(book.priceExponent == 0)
        try book.set(.bid, "60000.12345678", "2")
        #expect(book.priceExponent == -8)
        #expect(book.texts(.bid) == ["60000.12345678 2", "60000 1"])
        #expect(book.texts(.ask) == ["60001 1"])
        #expect(book.asks.rows.last?.key == -6_000_100_000_000)
    }

    @Test func `a price that no scale can hold beside the others is an error and changes nothing`()
        throws
    {
        var book = OrderBook()
        try book.set(.bid, "60000", "1")
        let fine = Decimal("0.000000000000000001")!
        #expect(throws: OrderBookError.priceOutOfScale(fine, bookExponent: 0)) {
            try book.set(.ask, price: fine, quantity: Decimal("1")!)
        }
        #expect(book.texts(.bid) == ["60000 1"])
        #expect(book.count(.ask) == 0)
        // Removing it is no error: it is not there.
        try book.set(.ask, price: fine, quantity: .zero)
        book.removeAll()
        try book.set(.ask, price: fine, quantity: Decimal("1")!)
        #expect(book.texts(.ask) == ["0.000000000000000001 1"])
    }

    @Test func `so is a quantity that no scale can hold beside the others`() throws {
        var book = OrderBook()
        try book.set(.bid, "1", "9223372036854775807")
        let fine = Decimal("0.1")!
        #expect(throws: OrderBookError.quantityOutOfScale(fine, bookExponent: 0)) {
            try book.set(.ask, price: Decimal("1.5")!, quantity: fine)
        }
        #expect(book.priceExponent == 0)
        #expect(book.texts(.bid) == ["1 9223372036854775807"])
    }

    @Test func `prices are above zero and quantities not below`() {
        var book = OrderBook()
        #expect(throws: OrderBookError.priceNotPositive(.zero)) { try book.set(.bid, "0", "1") }
        #expect(throws: OrderBookError.priceNotPositive(Decimal("-1")!)) {
            try book.set(.bid, "-1", "1")
        }
        #expect(throws: OrderBookError.quantityNegative(Decimal("-1")!)) {
            try book.set(.ask, "1", "-1")
        }
    }

    @Test(arguments: [("9", "10", false), ("10", "10", true), ("11", "10", true)])
    func `a book is crossed when a bid meets an ask`(bid: String, ask: String, isCrossed: Bool)
        throws
    {
        var book = OrderBook()
        try book.set(.bid, bid, "1")
        #expect(!book.isCrossed)
        try book.set(.ask, ask, "1")
        #expect(book.isCrossed == isCrossed)
    }

    @Test func `beyond its bound the worst levels are forgotten`() throws {
        var book = OrderBook()
        for price in (1...OrderBook.levelsMax).reversed() {
            try book.set(.ask, price: Decimal(mantissa: Int64(price), exponent: 0), quantity: .one)
        }
        #expect(book.count(.ask) == OrderBook.levelsMax)
        try book.set(.ask, price: Decimal(mantissa: 1, exponent: -1), quantity: .one)
        #expect(book.count(.ask) == OrderBook.levelsMax * 7 / 8 + 1)
        #expect(book.bestAsk?.price == Decimal("0.1"))
    }

    @Test(arguments: 1...20)
    func `a book equals a dictionary, whatever happens to it`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var book = OrderBook()
        var naive: [OrderBook.Side: [Decimal: Decimal]] = [.bid: [:], .ask: [:]]
        for step in 0..<2000 {
            let side: OrderBook.Side = random.chance(0.5) ? .bid : .ask
            let price = Decimal(
                mantissa: Int64.random(in: 1...300, using: &random),
                exponent: random.chance(0.01) ? -Int.random(in: 0...6, using: &random) : 0)
            let quantity = Decimal(
                mantissa: random.chance(0.4) ? 0 : Int64.random(in: 1...999, using: &random),
                exponent: -Int.random(in: 0...8, using: &random))
            try book.set(side, price: price, quantity: quantity)
            naive[side]?[price] = quantity.isZero ? nil : quantity
            if random.chance(0.001) {
                book.removeAll()
                naive = [.bid: [:], .ask: [:]]
            }
            guard step % 50 == 0 else { continue }
            for side in OrderBook.Side.allCases {
                let sorted = naive[side]!.sorted {
                    side == .bid ? $0.key > $1.key : $0.key < $1.key
                }
                #expect(
                    book.levels(side) == sorted.map { Level(price: $0.key, quantity: $0.value) })
            }
        }
    }
}

extension Decimal {
    static let one = Decimal(mantissa: 1, exponent: 0)
}

extension OrderBook {
    mutating func set(_ side: Side, _ price: String, _ quantity: String) throws(OrderBookError) {
        try set(side, price: Decimal(price)!, quantity: Decimal(quantity)!)
    }

    func levels(_ side: Side) -> [Level] { (0..<count(side)).map { level(side, $0) } }

    func texts(_ side: Side) -> [String] { levels(side).map { "\($0.price) \($0.quantity)" } }
}
