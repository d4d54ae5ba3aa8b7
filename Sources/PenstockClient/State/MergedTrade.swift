package import Market
package import Schema

/// A trade as its message says it, with decimals put together.
package struct MergedTrade: Equatable, Sendable {
    package var id: UInt64
    package var price: Decimal
    package var quantity: Decimal
    /// `.unspecified`: the venue does not say.
    package var side: Schema.Side
    /// Aggregates only.
    package var firstID: UInt64?
    package var lastID: UInt64?

    package init(_ trade: Schema.Trade) throws(MergeError) {
        id = trade.id ?? 0
        price = try Decimal(merging: trade.price ?? 0, trade.priceExponent)
        quantity = try Decimal(merging: trade.quantity ?? 0, trade.quantityExponent)
        side = trade.side ?? .unspecified
        firstID = trade.firstID
        lastID = trade.lastID
    }
}

extension Decimal {
    /// A decimal of the wire. An absent exponent is 0.
    init(merging mantissa: Int64, _ exponent: Int32?) throws(MergeError) {
        guard let decimal = Decimal(exactly: mantissa, exponent: Int(exponent ?? 0)) else {
            throw .exponentOutOfRange(exponent ?? 0)
        }
        self = decimal
    }
}
