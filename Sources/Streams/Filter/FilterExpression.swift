internal import Market

/// A filter as a tree in which "not" stands at the terms alone.
indirect enum FilterExpression: Equatable, Sendable {
    case all([FilterExpression])
    case any([FilterExpression])
    case term(FilterTerm, isNegated: Bool)
    case constant(Bool)

    /// By the laws of De Morgan.
    var negated: FilterExpression {
        switch self {
        case .all(let parts): .any(parts.map(\.negated))
        case .any(let parts): .all(parts.map(\.negated))
        case .term(let term, let isNegated): .term(term, isNegated: !isNegated)
        case .constant(let value): .constant(!value)
        }
    }

    /// The same with nested parts of one kind joined, parts sorted by their text, each once, and
    /// without constants inside: filters that differ only in how they were written become equal.
    var canonical: FilterExpression {
        switch self {
        case .term, .constant: self
        case .all(let parts): Self.joined(parts, isAll: true)
        case .any(let parts): Self.joined(parts, isAll: false)
        }
    }

    private static func joined(_ parts: [FilterExpression], isAll: Bool) -> FilterExpression {
        var byText: [String: FilterExpression] = [:]
        for part in parts.map(\.canonical) {
            switch part {
            case .all(let inner) where isAll, .any(let inner) where !isAll:
                for part in inner { byText[part.description] = part }
            case .constant(isAll): continue
            case .constant: return part
            case .all, .any, .term: byText[part.description] = part
            }
        }
        let sorted = byText.sorted { $0.key < $1.key }.map(\.value)
        if sorted.isEmpty { return .constant(isAll) }
        if sorted.count == 1 { return sorted[0] }
        return isAll ? .all(sorted) : .any(sorted)
    }

    /// Terms in no order.
    func forEachTerm(_ body: (FilterTerm) -> Void) {
        switch self {
        case .all(let parts), .any(let parts): for part in parts { part.forEachTerm(body) }
        case .term(let term, _): body(term)
        case .constant: break
        }
    }

    /// Sets of symbols decided for one symbol.
    func decided(for symbol: Symbol) -> FilterExpression {
        switch self {
        case .all(let parts): .all(parts.map { $0.decided(for: symbol) })
        case .any(let parts): .any(parts.map { $0.decided(for: symbol) })
        case .term(.symbols(let symbols), let isNegated):
            .constant(symbols.contains(symbol) != isNegated)
        case .term, .constant: self
        }
    }
}

extension FilterExpression: CustomStringConvertible {
    /// In the language that clients write.
    var description: String {
        switch self {
        case .all(let parts): parts.map(\.enclosed).joined(separator: " and ")
        case .any(let parts): parts.map(\.enclosed).joined(separator: " or ")
        case .term(let term, let isNegated): isNegated ? "not \(term)" : "\(term)"
        case .constant(let value): value ? "true" : "false"
        }
    }

    private var enclosed: String {
        switch self {
        case .all, .any: "(\(self))"
        case .term, .constant: description
        }
    }
}
