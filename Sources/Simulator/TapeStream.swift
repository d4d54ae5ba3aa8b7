/// What a stream of the tape carries; decides who looks inside its messages.
package enum TapeStreamKind: Equatable, Sendable {
    case trade, aggregateTrade, bookTicker, depth, ticker, miniTicker, kline, other

    /// From the part of a stream name behind the `@`.
    package init(suffix: some StringProtocol) {
        switch suffix {
        case "trade": self = .trade
        case "aggTrade": self = .aggregateTrade
        case "bookTicker": self = .bookTicker
        case "depth", "depth@100ms", "depth@1000ms": self = .depth
        case "ticker": self = .ticker
        case "miniTicker": self = .miniTicker
        case "kline_1m": self = .kline
        default: self = .other
        }
    }
}

/// One stream of a tape, for instance `btcusdt@depth@100ms`.
package struct TapeStream: Equatable, Sendable {
    package let name: String
    package let kind: TapeStreamKind
    /// Its symbol's place in the tape's list; nil for streams of all symbols (`!ticker@arr`).
    package let symbol: Int?

    /// `btcusdt@depth@100ms` → (`btcusdt`, `depth@100ms`); nil without an `@` or a symbol.
    package static func parts(_ name: String) -> (symbol: Substring, suffix: Substring)? {
        guard let at = name.firstIndex(of: "@"), at > name.startIndex, name.first != "!" else {
            return nil
        }
        return (name[..<at], name[name.index(after: at)...])
    }
}

/// The streams and symbols of a tape, numbered in order of appearance.
package struct TapeCatalog: Sendable {
    package private(set) var streams: [TapeStream] = []
    /// Upper case, as in payloads: `BTCUSDT`.
    package private(set) var symbols: [String] = []
    private var streamNumbers: [String: Int] = [:]
    private var symbolNumbers: [String: Int] = [:]

    package init() {}

    package func stream(named name: String) -> Int? { streamNumbers[name] }
    package func symbol(named name: String) -> Int? { symbolNumbers[name] }

    package mutating func addStream(_ name: String) -> Int {
        if let known = streamNumbers[name] { return known }
        let parts = TapeStream.parts(name)
        let symbol = parts.map { addSymbol($0.symbol.uppercased()) }
        let kind = parts.map { TapeStreamKind(suffix: $0.suffix) } ?? .other
        streams.append(TapeStream(name: name, kind: kind, symbol: symbol))
        streamNumbers[name] = streams.count - 1
        return streams.count - 1
    }

    @discardableResult
    package mutating func addSymbol(_ name: String) -> Int {
        if let known = symbolNumbers[name] { return known }
        symbols.append(name)
        symbolNumbers[name] = symbols.count - 1
        return symbols.count - 1
    }

    /// Whether the symbol has a stream of this kind on the tape.
    package func has(_ kind: TapeStreamKind, symbol: Int) -> Bool {
        streams.contains { $0.kind == kind && $0.symbol == symbol }
    }
}
