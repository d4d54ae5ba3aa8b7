/// One trade, or one aggregate of consecutive trades at one price by one taker.
package struct Trade: Equatable, Sendable {
    package var price: Int64?
    package var quantity: Int64?
    /// The venue's trade id, or aggregate id.
    package var id: UInt64?
    /// The aggressor.
    package var side: Side?
    /// -18 to 18.
    package var priceExponent: Int32?
    /// -18 to 18.
    package var quantityExponent: Int32?
    /// Aggregates only: the first trade in it.
    package var firstID: UInt64?
    /// Aggregates only: the last trade in it.
    package var lastID: UInt64?

    package init(
        price: Int64? = nil, quantity: Int64? = nil, id: UInt64? = nil, side: Side? = nil,
        priceExponent: Int32? = nil, quantityExponent: Int32? = nil, firstID: UInt64? = nil,
        lastID: UInt64? = nil
    ) {
        self.price = price
        self.quantity = quantity
        self.id = id
        self.side = side
        self.priceExponent = priceExponent
        self.quantityExponent = quantityExponent
        self.firstID = firstID
        self.lastID = lastID
    }
}

extension Trade: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Trade"]

    package func write(to record: Record) {
        record.set(1, price)
        record.set(2, quantity)
        record.set(3, id)
        record.set(4, side)
        record.set(5, priceExponent)
        record.set(6, quantityExponent)
        record.set(7, firstID)
        record.set(8, lastID)
    }

    package init(_ record: Record) {
        price = record.get(1)
        quantity = record.get(2)
        id = record.get(3)
        side = record.get(4)
        priceExponent = record.get(5)
        quantityExponent = record.get(6)
        firstID = record.get(7)
        lastID = record.get(8)
    }
}
