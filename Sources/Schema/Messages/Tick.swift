/// Best bid and ask; in a delta absent fields are unchanged. A value is mantissa × 10^exponent.
package struct Tick: Equatable, Sendable {
    package var bidPrice: Int64?
    /// 0: no bid.
    package var bidQuantity: Int64?
    package var askPrice: Int64?
    /// 0: no ask.
    package var askQuantity: Int64?
    /// -18 to 18; present whenever one of its mantissas is.
    package var priceExponent: Int32?
    /// -18 to 18; present whenever one of its mantissas is.
    package var quantityExponent: Int32?

    package init(
        bidPrice: Int64? = nil, bidQuantity: Int64? = nil, askPrice: Int64? = nil,
        askQuantity: Int64? = nil, priceExponent: Int32? = nil, quantityExponent: Int32? = nil
    ) {
        self.bidPrice = bidPrice
        self.bidQuantity = bidQuantity
        self.askPrice = askPrice
        self.askQuantity = askQuantity
        self.priceExponent = priceExponent
        self.quantityExponent = quantityExponent
    }
}

extension Tick: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Tick"]

    package func write(to record: Record) {
        record.set(1, bidPrice)
        record.set(2, bidQuantity)
        record.set(3, askPrice)
        record.set(4, askQuantity)
        record.set(5, priceExponent)
        record.set(6, quantityExponent)
    }

    package init(_ record: Record) {
        bidPrice = record.get(1)
        bidQuantity = record.get(2)
        askPrice = record.get(3)
        askQuantity = record.get(4)
        priceExponent = record.get(5)
        quantityExponent = record.get(6)
    }
}
