/// Why a level cannot be part of a book.
package enum OrderBookError: Error, Equatable, Sendable {
    /// Prices are above zero.
    case priceNotPositive(Decimal)
    /// Quantities are zero (remove) or above.
    case quantityNegative(Decimal)
    /// No exponent holds this price and those already in the book in 64 bits.
    case priceOutOfScale(Decimal, bookExponent: Int)
    /// Likewise a quantity.
    case quantityOutOfScale(Decimal, bookExponent: Int)
    /// A snapshot names one price twice.
    case duplicatePrice(Decimal)
}
