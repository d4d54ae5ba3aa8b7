package import Market

/// Why a filter makes no sense for a kind of topic.
package enum FilterRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    case noField(String, TopicKind)
    case noChange(TopicKind)
    /// Nothing of that symbol ever passes.
    case excluded(String)

    package var description: String {
        switch self {
        case .noField(let field, let kind):
            "\(kind.rawValue) topics have no \(field) to filter by; allowed: "
                + Self.allowed(kind)
        case .noChange(let kind):
            "\(kind.rawValue) topics are events, which are not changes of each other; change() is "
                + "for tick and book topics"
        case .excluded(let symbol): "nothing of symbol \(symbol) would ever pass"
        }
    }

    private static func allowed(_ kind: TopicKind) -> String {
        var names = FilterField.fields(of: kind).map(\.rawValue)
        if kind == .trade || kind == .aggregateTrade { names.append("side") }
        if kind != .bench { names.append("symbol") }
        return names.isEmpty ? "none" : names.joined(separator: ", ")
    }
}
