package import Market

/// One price of one side of a book.
public struct PriceLevel: Hashable, Sendable {
    /// Quote units per base unit.
    public var price: ExactDecimal
    /// Base units. In a change, zero says that the price is gone.
    public var quantity: ExactDecimal

    package init(_ level: Level) {
        price = ExactDecimal(level.price)
        quantity = ExactDecimal(level.quantity)
    }

    /// One side of a tick; nil: no such side, which the wire says by quantity zero.
    init?(_ price: Decimal?, _ quantity: Decimal?) {
        guard let price, let quantity, !quantity.isZero else { return nil }
        self.init(Level(price: price, quantity: quantity))
    }
}

/// Levels in order, as a collection; sharing the memory of the state they came from.
public struct PriceLevels: RandomAccessCollection, Equatable, Sendable {
    private let levels: [Level]

    package init(_ levels: [Level]) { self.levels = levels }

    public var startIndex: Int { 0 }
    public var endIndex: Int { levels.count }
    public subscript(index: Int) -> PriceLevel { PriceLevel(levels[index]) }
}
