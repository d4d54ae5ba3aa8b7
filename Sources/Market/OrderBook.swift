/// All known levels of one instrument's book, both sides.
///
/// Prices and quantities are 64-bit integers at the book's own two exponents, which become finer
/// when a finer number arrives; so they travel, too. Invariants: every quantity is above zero,
/// every price is above zero, no price is there twice. At most `levelsMax` levels a side: beyond
/// that the worst eighth is forgotten, far outside of anything a subscriber may ask for.
///
/// A value, confined to whoever holds it. Setting a level does not allocate once the arrays have
/// grown to the book's size.
package struct OrderBook: Sendable {
    package enum Side: Sendable, CaseIterable { case bid, ask }

    /// Levels kept a side. The deepest topic shows 1,000, the deepest venue snapshot 5,000.
    package static let levelsMax = 65_536

    /// Prices are integers times 10^`priceExponent`.
    package private(set) var priceExponent = 0
    /// Quantities are integers times 10^`quantityExponent`.
    package private(set) var quantityExponent = 0

    package private(set) var bids = Ladder()
    package private(set) var asks = Ladder()

    package init() {}

    /// Sets one level absolutely: quantity zero removes the price, and removing an absent one is a
    /// no-op. On an error the book is as before.
    package mutating func set(
        _ side: Side, price: Decimal, quantity: Decimal
    ) throws(OrderBookError) {
        guard let row = try row(price, quantity) else { return }
        switch side {
        case .bid:
            bids.set(row.key, row.quantity)
            if bids.rows.count > OrderBook.levelsMax { bids.dropWorst(OrderBook.levelsMax / 8) }
        case .ask:
            asks.set(-row.key, row.quantity)
            if asks.rows.count > OrderBook.levelsMax { asks.dropWorst(OrderBook.levelsMax / 8) }
        }
    }

    /// Empties the book; memory is kept for the next levels, the exponents are not.
    package mutating func removeAll() {
        bids.removeAll()
        asks.removeAll()
        priceExponent = 0
        quantityExponent = 0
    }

    // MARK: Reading, by rank: 0 is the best level

    package func ladder(_ side: Side) -> Ladder { side == .bid ? bids : asks }

    package func count(_ side: Side) -> Int {
        side == .bid ? bids.rows.count : asks.rows.count
    }

    package var isEmpty: Bool { bids.rows.isEmpty && asks.rows.isEmpty }

    package func level(_ side: Side, _ rank: Int) -> Level {
        let rows = ladder(side).rows
        let row = rows[rows.count - 1 - rank]
        return Level(
            price: Decimal(mantissa: abs(row.key), exponent: priceExponent),
            quantity: Decimal(mantissa: row.quantity, exponent: quantityExponent))
    }

    package var bestBid: Level? { bids.rows.isEmpty ? nil : level(.bid, 0) }
    package var bestAsk: Level? { asks.rows.isEmpty ? nil : level(.ask, 0) }

    /// Whether somebody bids at least what somebody asks: no venue shows that, so levels are wrong.
    package var isCrossed: Bool {
        guard let bid = bids.rows.last, let ask = asks.rows.last else { return false }
        return bid.key >= -ask.key
    }

    // MARK: Loading a snapshot

    /// Adds a level of a snapshot to an emptied book, in any order. `sort` must follow.
    mutating func append(
        _ side: Side, price: Decimal, quantity: Decimal
    ) throws(OrderBookError) {
        guard let row = try row(price, quantity), row.quantity > 0 else { return }
        switch side {
        case .bid: bids.append(row.key, row.quantity)
        case .ask: asks.append(-row.key, row.quantity)
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

    /// The level at the book's exponents, which are refined if they must; nil when it is absent for
    /// certain and is to be removed.
    @inline(__always)
    private mutating func row(
        _ price: Decimal, _ quantity: Decimal
    ) throws(OrderBookError) -> Ladder.Row? {
        try OrderBook.check(price, quantity)
        if let key = price.mantissa(at: priceExponent),
            let amount = quantity.mantissa(at: quantityExponent)
        {
            return Ladder.Row(key: key, quantity: amount)
        }
        return try refinedRow(price, quantity)
    }

    @inline(never)
    private mutating func refinedRow(
        _ price: Decimal, _ quantity: Decimal
    ) throws(OrderBookError) -> Ladder.Row? {
        if quantity.isZero { return nil }
        guard let finerPrice = refinement(of: priceExponent, for: price, \.key) else {
            throw .priceOutOfScale(price, bookExponent: priceExponent)
        }
        guard let finerQuantity = refinement(of: quantityExponent, for: quantity, \.quantity) else {
            throw .quantityOutOfScale(quantity, bookExponent: quantityExponent)
        }
        for (column, factor) in [(\Ladder.Row.key, finerPrice), (\.quantity, finerQuantity)]
        where factor.power > 1 {
            bids.scale(column, by: factor.power)
            asks.scale(column, by: factor.power)
        }
        priceExponent = finerPrice.exponent
        quantityExponent = finerQuantity.exponent
        return Ladder.Row(key: finerPrice.mantissa, quantity: finerQuantity.mantissa)
    }

    /// How a column must be scaled to hold a number, too; nil when 64 bits are too few.
    private func refinement(
        of exponent: Int, for number: Decimal, _ column: KeyPath<Ladder.Row, Int64>
    ) -> (exponent: Int, power: Int64, mantissa: Int64)? {
        let target = min(Int(number.exponent), exponent)
        guard let mantissa = number.mantissa(at: target),
            let power = Int64(1).timesPowerOfTen(exponent - target),
            bids.canScale(column, by: power), asks.canScale(column, by: power)
        else { return nil }
        return (target, power, mantissa)
    }
}
