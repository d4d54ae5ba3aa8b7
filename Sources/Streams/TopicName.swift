package import Market

/// What a client names: "tick:binance:BTC/USDT", "book:binance:BTC/USDT:50", "bench:3".
package enum TopicName: Hashable, Sendable {
    case tick(venue: String, symbol: Symbol)
    case book(venue: String, symbol: Symbol, depth: Int)
    case trade(venue: String, symbol: Symbol)
    case aggregateTrade(venue: String, symbol: Symbol)
    case bench(number: Int)

    /// Levels a side that a book topic may show.
    package static let depths = 1...1000
    package static let defaultDepth = 50
    /// More benchmark topics than one loop can usefully serve.
    package static let benchNumbers = 0...999_999
    package static let venueLengthMax = 32

    package init(parsing text: String) throws(TopicNameError) {
        var fields = text.split(separator: ":", omittingEmptySubsequences: false)[...]
        guard let word = fields.popFirst(), let kind = TopicKind(rawValue: String(word)) else {
            throw .unknownKind(String(text.prefix { $0 != ":" }).brief)
        }
        if kind == .bench {
            self = try TopicName.bench(fields)
            return
        }
        guard let venue = fields.popFirst(), let pair = fields.popFirst() else {
            throw .missingField(kind)
        }
        let symbol = try TopicName.symbol(pair)
        try TopicName.check(venue: venue)
        let depth = kind == .book ? try TopicName.depth(fields.popFirst()) : 0
        if let extra = fields.first { throw .extraField(String(extra).brief, kind) }
        switch kind {
        case .tick: self = .tick(venue: String(venue), symbol: symbol)
        case .book: self = .book(venue: String(venue), symbol: symbol, depth: depth)
        case .trade: self = .trade(venue: String(venue), symbol: symbol)
        case .aggregateTrade: self = .aggregateTrade(venue: String(venue), symbol: symbol)
        case .bench: preconditionFailure("bench topics have no venue")
        }
    }

    package var kind: TopicKind {
        switch self {
        case .tick: .tick
        case .book: .book
        case .trade: .trade
        case .aggregateTrade: .aggregateTrade
        case .bench: .bench
        }
    }

    /// nil for bench topics.
    package var instrument: (venue: String, symbol: Symbol)? {
        switch self {
        case .tick(let venue, let symbol), .book(let venue, let symbol, _),
            .trade(let venue, let symbol), .aggregateTrade(let venue, let symbol):
            (venue, symbol)
        case .bench: nil
        }
    }

    private static func bench(_ fields: ArraySlice<Substring>) throws(TopicNameError) -> TopicName {
        guard let field = fields.first else { throw .missingField(.bench) }
        guard let number = number(field), benchNumbers.contains(number) else {
            throw .badBenchNumber(String(field).brief)
        }
        if let extra = fields.dropFirst().first { throw .extraField(String(extra).brief, .bench) }
        return .bench(number: number)
    }

    private static func symbol(_ field: Substring) throws(TopicNameError) -> Symbol {
        do throws(SymbolError) {
            return try Symbol(parsing: field)
        } catch {
            throw .badSymbol(error)
        }
    }

    private static func depth(_ field: Substring?) throws(TopicNameError) -> Int {
        guard let field else { return defaultDepth }
        guard let depth = number(field), depths.contains(depth) else {
            throw .badDepth(String(field).brief)
        }
        return depth
    }

    private static func check(venue: Substring) throws(TopicNameError) {
        let isName = venue.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "_")
        }
        guard isName, (1...venueLengthMax).contains(venue.utf8.count) else {
            throw .badVenue(String(venue).brief)
        }
    }

    /// Digits only: no sign, no leading zero, so that one topic has one name.
    private static func number(_ field: Substring) -> Int? {
        guard field.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
            field == "0" || field.utf8.first != UInt8(ascii: "0")
        else { return nil }
        return Int(field)
    }
}

extension TopicName {
    /// The text with every field, also those that the canonical one leaves out.
    package var spelledOut: String {
        if case .book(let venue, let symbol, let depth) = self {
            return "book:\(venue):\(symbol):\(depth)"
        }
        return description
    }
}

extension TopicName: CustomStringConvertible {
    /// The canonical text: the default depth is left out.
    package var description: String {
        switch self {
        case .book(let venue, let symbol, let depth) where depth != TopicName.defaultDepth:
            "book:\(venue):\(symbol):\(depth)"
        case .tick(let venue, let symbol), .book(let venue, let symbol, _),
            .trade(let venue, let symbol), .aggregateTrade(let venue, let symbol):
            "\(kind.rawValue):\(venue):\(symbol)"
        case .bench(let number): "bench:\(number)"
        }
    }
}
