/// Levels as columns: `prices[i]` and `quantities[i]` belong together. Quantity 0 removes a level.
package struct BookSide: Equatable, Sendable {
    package var prices: [Int64]
    package var quantities: [Int64]
    /// -18 to 18, for every price.
    package var priceExponent: Int32
    /// -18 to 18, for every quantity.
    package var quantityExponent: Int32

    package init(
        prices: [Int64] = [], quantities: [Int64] = [], priceExponent: Int32 = 0,
        quantityExponent: Int32 = 0
    ) {
        self.prices = prices
        self.quantities = quantities
        self.priceExponent = priceExponent
        self.quantityExponent = quantityExponent
    }
}

extension BookSide: WireMessage {
    package static let table = TableSet.shared["penstock.v1.BookSide"]

    package func write(to record: Record) {
        record.set(1, prices)
        record.set(2, quantities)
        writeExponents(to: record)
    }

    @inline(__always)
    private func writeExponents(to record: Record) {
        record.set(3, Optional(priceExponent))
        record.set(4, Optional(quantityExponent))
    }

    package init(_ record: Record) {
        prices = record.list(1)
        quantities = record.list(2)
        priceExponent = record.get(3) ?? 0
        quantityExponent = record.get(4) ?? 0
    }

    /// Lends both columns to the record.
    @inline(__always)
    package func withWritten(to record: Record, _ body: () -> Void) {
        writeExponents(to: record)
        record.withLent(1, prices) { record.withLent(2, quantities, body) }
    }
}
