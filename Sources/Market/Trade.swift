/// One trade, or one aggregate of consecutive trades at one price by one taker.
package struct Trade: Hashable, Sendable {
    /// The aggressor: who took the liquidity.
    package enum Side: Sendable { case buy, sell, unknown }

    /// The venue's trade id, or its aggregate id.
    package var id: UInt64
    package var price: Decimal
    package var quantity: Decimal
    package var side: Side
    /// Aggregates only: ids of the first and last trade in it.
    package var firstID: UInt64?
    package var lastID: UInt64?

    package init(
        id: UInt64, price: Decimal, quantity: Decimal, side: Side,
        firstID: UInt64? = nil, lastID: UInt64? = nil
    ) {
        self.id = id
        self.price = price
        self.quantity = quantity
        self.side = side
        self.firstID = firstID
        self.lastID = lastID
    }
}
