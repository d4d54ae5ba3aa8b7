package import Market

/// Which changes a subscriber wants to hear of, as a text that was understood: comparisons of
/// payload fields with exact decimals, joined by and, or and not. `Filters.md` has the language.
///
/// Equal when the texts mean the same by the laws of and, or and not alone: order, repetition,
/// parentheses and the digits of numbers do not matter.
package struct Filter: Equatable, Sendable {
    private let expression: FilterExpression

    package init(
        parsing text: String, limits: FilterLimits = FilterLimits()
    ) throws(FilterError) {
        expression = try FilterParser.expression(text, limits).canonical
    }

    /// What the filter means to one topic; `symbol` is nil for topics of no instrument.
    package func compiled(
        for kind: TopicKind, symbol: Symbol?
    ) throws(FilterRefusal) -> FilterVerdict {
        var refusal: FilterRefusal?
        expression.forEachTerm { term in
            switch term {
            case .number(let field, _, _), .change(let field, _):
                if field.place(in: kind) == nil { refusal = .noField(field.rawValue, kind) }
            case .side:
                if kind != .trade, kind != .aggregateTrade { refusal = .noField("side", kind) }
            case .symbols: if symbol == nil { refusal = .noField("symbol", kind) }
            }
            if case .change = term, refusal == nil, !kind.isState { refusal = .noChange(kind) }
        }
        if let refusal { throw refusal }
        let decided = symbol.map { expression.decided(for: $0).canonical } ?? expression
        switch decided {
        case .constant(true): return .always
        case .constant(false): return .never
        case .all, .any, .term: return .sometimes(FilterProgram(decided, kind))
        }
    }
}

extension Filter: CustomStringConvertible {
    /// The canonical text, which is a filter equal to this one.
    package var description: String { expression.description }
}
