internal import Market
internal import Schema

extension WindowSide {
    /// The side with all its changes, for another process.
    var record: SideRecord {
        var record = SideRecord(horizon: map.horizon)
        for change in map.changes {
            let quantity = change.value ?? .zero
            record.prices.append(change.key.mantissa)
            record.priceExponents.append(Int32(change.key.exponent))
            record.quantities.append(quantity.mantissa)
            record.quantityExponents.append(Int32(quantity.exponent))
            record.sequences.append(change.sequence)
        }
        return record
    }

    /// The side that was recorded so; nil if none can have been.
    init?(_ side: OrderBook.Side, _ depth: Int, tombstonesMax: Int, _ record: SideRecord) {
        guard let changes = Self.changes(record),
            let map = ChangeOrderedMap(
                changes: changes, horizon: record.horizon ?? 0, tombstonesMax: tombstonesMax)
        else { return nil }
        self.init(side, depth, tombstonesMax: tombstonesMax)
        if !restore(map, changes) { return nil }
    }

    private static func changes(
        _ record: SideRecord
    ) -> [ChangeOrderedMap<Decimal, Decimal>.Change]? {
        let count = record.prices.count
        guard record.priceExponents.count == count, record.quantities.count == count,
            record.quantityExponents.count == count, record.sequences.count == count
        else { return nil }
        var changes: [ChangeOrderedMap<Decimal, Decimal>.Change] = []
        for index in 0..<count {
            guard
                let price = Decimal(
                    exactly: record.prices[index], exponent: Int(record.priceExponents[index])),
                let quantity = Decimal(
                    exactly: record.quantities[index],
                    exponent: Int(record.quantityExponents[index])),
                !price.isZero, !price.isNegative, !quantity.isNegative
            else { return nil }
            changes.append(
                .init(
                    key: price, value: quantity.isZero ? nil : quantity,
                    sequence: record.sequences[index]))
        }
        return changes
    }
}
