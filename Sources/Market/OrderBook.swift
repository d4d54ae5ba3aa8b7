/// All known levels of one instrument's book, both sides.
///
/// Prices are 64-bit integers at the book's own exponent, which becomes finer when a finer price
/// arrives; quantities keep their own. Invariants: every quantity is above zero, every price is
/// above zero, no price is there twice. At most `levelsMax` levels a side: beyond that the worst
/// eighth is forgotten, far outside of anything a subscriber may ask for.
///
/// A value, confined to whoever holds it. Setting a level does not allocate once the arrays have
/// grown to the book's size.
package struct OrderBook: Sendable {
    package enum Side: Sendable, CaseIterable { case bid, ask }

    /// Levels kept a side. The deepest topic shows 1,000, the deepest venue snapshot 5,000.
    package static let levelsMax = 65_536

    /// Prices are integers times 10^`priceExponent`.
    package private(set) var priceExponent = 0

    var bids = Ladder()
    var asks = Ladder()

    package init() {}

    /// Sets one level absolutely: quantity zero removes the price, and removing an absent one is a
    /// no-op. On an error the book is as before.
    package mutating func set(
        _ side: Side, price: Decimal, quantity: Decimal
    ) throws(OrderBookError) {
        guard let key = try key(price, quantity) else { return }
        switch side {
        case .bid:
            bids.set(key, quantity)
            if bids.count > OrderBook.levelsMax { bids.dropWorst(OrderBook.levelsMax / 8) }
        case .ask:
            asks.set(-key, quantity)
            if asks.count > OrderBook.levelsMax { asks.dropWorst(OrderBook.levelsMax / 8) }
        }
    }

    /// Empties the book; memory is kept for the next levels, the price exponent is not.
    package mutating func removeAll() {
        bids.removeAll()
        asks.removeAll()
        priceExponent = 0
    }

    // MARK: Reading, by rank: 0 is the best level

    package func count(_ side: Side) -> Int { side == .bid ? bids.keys.count : asks.keys.count }

    package var isEmpty: Bool { bids.keys.isEmpty && asks.keys.isEmpty }

    package func level(_ side: Side, _ rank: Int) -> Level {
        Level(
            price: Decimal(mantissa: priceMantissa(side, rank), exponent: priceExponent),
            quantity: quantity(side, rank))
    }

    /// The price at a rank, in units of 10^`priceExponent`.
    package func priceMantissa(_ side: Side, _ rank: Int) -> Int64 {
        switch side {
        case .bid: bids.keys[bids.keys.count &- 1 &- rank]
        case .ask: -asks.keys[asks.keys.count &- 1 &- rank]
        }
    }

    package func quantity(_ side: Side, _ rank: Int) -> Decimal {
        switch side {
        case .bid: bids.quantities[bids.quantities.count &- 1 &- rank]
        case .ask: asks.quantities[asks.quantities.count &- 1 &- rank]
        }
    }

    package var bestBid: Level? { bids.keys.isEmpty ? nil : level(.bid, 0) }
    package var bestAsk: Level? { asks.keys.isEmpty ? nil : level(.ask, 0) }

    /// Whether somebody bids at least what somebody asks: no venue shows that, so levels are wrong.
    package var isCrossed: Bool {
        guard let bid = bids.keys.last, let ask = asks.keys.last else { return false }
        return bid >= -ask
    }

    // MARK: Loading a snapshot

    /// Adds a level of a snapshot to an emptied book, in any order. `sort` must follow.
    mutating func append(
        _ side: Side, price: Decimal, quantity: Decimal
    ) throws(OrderBookError) {
        guard let key = try key(price, quantity), !quantity.isZero else { return }
        switch side {
        case .bid: bids.append(key, quantity)
        case .ask: asks.append(-key, quantity)
        }
    }

    mutating func sort() throws(OrderBookError) {
        for duplicate in [bids.sort(), asks.sort()] {
            guard let duplicate else { continue }
            throw .duplicatePrice(Decimal(mantissa: abs(duplicate), exponent: priceExponent))
        }
    }

    /// Whether any book may hold such a level, or be told to remove it.
    @inline(__always)
    static func check(_ price: Decimal, _ quantity: Decimal) throws(OrderBookError) {
        guard price.mantissa > 0 else { throw .priceNotPositive(price) }
        guard quantity.mantissa >= 0 else { throw .quantityNegative(quantity) }
    }

    // MARK: Scale

    /// The price at the book's exponent, which is refined if it must; nil when the level is absent
    /// for certain and is to be removed.
    @inline(__always)
    private mutating func key(
        _ price: Decimal, _ quantity: Decimal
    ) throws(OrderBookError) -> Int64? {
        try OrderBook.check(price, quantity)
        if let key = price.mantissa(at: priceExponent) { return key }
        if quantity.isZero { return nil }
        return try refine(for: price)
    }

    @inline(never)
    private mutating func refine(for price: Decimal) throws(OrderBookError) -> Int64 {
        let target = min(Int(price.exponent), priceExponent)
        guard let key = price.mantissa(at: target),
            let factor = Int64(1).timesPowerOfTen(priceExponent - target),
            bids.canScale(by: factor), asks.canScale(by: factor)
        else { throw .priceOutOfScale(price, bookExponent: priceExponent) }
        bids.scale(by: factor)
        asks.scale(by: factor)
        priceExponent = target
        return key
    }
}
