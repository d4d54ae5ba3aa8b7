package import Market

/// Why a text names no topic. The description says what is wrong and what is allowed.
package enum TopicNameError: Error, Equatable, Sendable, CustomStringConvertible {
    case unknownKind(String)
    case missingField(TopicKind)
    case extraField(String, TopicKind)
    case badVenue(String)
    case badSymbol(SymbolError)
    case badDepth(String)
    case badBenchNumber(String)

    package var description: String {
        switch self {
        case .unknownKind(let word):
            "unknown topic kind \"\(word)\"; known are "
                + TopicKind.allCases.map(\.rawValue).joined(separator: ", ")
        case .missingField(let kind):
            "incomplete \(kind.rawValue) topic; write \(kind.form)"
        case .extraField(let field, let kind):
            "unexpected \"\(field)\" at the end; write \(kind.form)"
        case .badVenue(let venue):
            "venue \"\(venue)\" is not a name; 1 to \(TopicName.venueLengthMax) of a-z, 0-9 and _ "
                + "are allowed, for example binance_us"
        case .badSymbol(let error):
            error.description
        case .badDepth(let field):
            "depth \"\(field)\" is not a whole number from \(TopicName.depths.lowerBound) to "
                + "\(TopicName.depths.upperBound)"
        case .badBenchNumber(let field):
            "bench number \"\(field)\" is not a whole number from "
                + "\(TopicName.benchNumbers.lowerBound) to \(TopicName.benchNumbers.upperBound)"
        }
    }
}

extension TopicKind {
    /// How a topic of the kind is written.
    var form: String {
        switch self {
        case .bench: "bench:N"
        case .book: "book:VENUE:BASE/QUOTE or book:VENUE:BASE/QUOTE:DEPTH"
        case .tick, .trade, .aggregateTrade: "\(rawValue):VENUE:BASE/QUOTE"
        }
    }
}

extension String {
    /// Fit for repeating in a one-line message, however long and odd it is.
    var brief: String {
        count <= SymbolError.echoMax
            ? plainText : String(prefix(SymbolError.echoMax)).plainText + "…"
    }
}
