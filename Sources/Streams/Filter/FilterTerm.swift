internal import Market

/// One thing that a filter asks.
enum FilterTerm: Hashable, Sendable {
    case number(FilterField, FilterComparison, Decimal)
    /// Whether the aggressor is known and is, or is not, that one.
    case side(Trade.Side, isEqual: Bool)
    /// Sorted, each once.
    case symbols([Symbol])
    case change(FilterField, FilterChange)
}

extension FilterTerm: CustomStringConvertible {
    var description: String {
        switch self {
        case .number(let field, let comparison, let number):
            "\(field.rawValue) \(comparison.rawValue) \(number)"
        case .side(let side, let isEqual):
            "side \(isEqual ? "==" : "!=") \(side == .buy ? "buy" : "sell")"
        case .symbols(let symbols):
            "symbol in (" + symbols.map(\.description).joined(separator: ", ") + ")"
        case .change(let field, let change): "change(\(field.rawValue)) \(change)"
        }
    }
}
