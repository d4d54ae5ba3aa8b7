/// One side of a book's window with its changes: levels as columns of one length, oldest change
/// first; quantity 0: removed.
package struct SideRecord: Equatable, Sendable {
    package var prices: [Int64]
    package var priceExponents: [Int32]
    package var quantities: [Int64]
    package var quantityExponents: [Int32]
    /// At which the level last changed.
    package var sequences: [UInt64]
    /// Deltas are possible since sequences from here on.
    package var horizon: UInt64?

    package init(
        prices: [Int64] = [], priceExponents: [Int32] = [], quantities: [Int64] = [],
        quantityExponents: [Int32] = [], sequences: [UInt64] = [], horizon: UInt64? = nil
    ) {
        self.prices = prices
        self.priceExponents = priceExponents
        self.quantities = quantities
        self.quantityExponents = quantityExponents
        self.sequences = sequences
        self.horizon = horizon
    }
}

extension SideRecord: WireMessage {
    package static let table = TableSet.shared["penstock.handover.v1.SideRecord"]

    package func write(to record: Record) {
        record.set(1, prices)
        record.set(2, priceExponents)
        record.set(3, quantities)
        record.set(4, quantityExponents)
        record.set(5, sequences)
        record.set(6, horizon)
    }

    package init(_ record: Record) {
        prices = record.list(1)
        priceExponents = record.list(2)
        quantities = record.list(3)
        quantityExponents = record.list(4)
        sequences = record.list(5)
        horizon = record.get(6)
    }
}
