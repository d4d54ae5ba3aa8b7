import Schema

/// What a state topic shows, as a plain table.
struct ShownState: Equatable {
    var status = Status.stale
    var hasState = false
    var cells: [Cell: Int64] = [:]

    /// Only those fields; nil: all.
    func projected(_ fields: Set<Field>?) -> ShownState {
        guard let fields else { return self }
        var part = self
        part.cells = cells.filter { fields.contains($0.key.field) }
        return part
    }

    /// What a filter sees.
    var filterValues: [String: Int64] {
        var values: [String: Int64] = [:]
        for field in Field.ofTick { values[field.rawValue] = cells[Cell(field: field)] }
        let bids = cells.filter { $0.key.field == .bids }.max { $0.key.price < $1.key.price }
        let asks = cells.filter { $0.key.field == .asks }.min { $0.key.price < $1.key.price }
        (values["best_bid_price"], values["best_bid_quantity"]) = (bids?.key.price, bids?.value)
        (values["best_ask_price"], values["best_ask_quantity"]) = (asks?.key.price, asks?.value)
        return values
    }
}
