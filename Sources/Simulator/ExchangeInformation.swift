internal import Market

/// `exchangeInfo` for symbols of which nothing is known but their names, and today's limits.
package struct ExchangeInformation {
    package let venue: SimulatedVenue

    package init(of venue: SimulatedVenue) { self.venue = venue }

    /// `BTCUSDT` → (`BTC`, `USDT`) by what the venue prices things in; the last three letters
    /// where no known quote asset ends it.
    package func assets(of symbol: String) -> (base: String, quote: String) {
        if let known = QuoteAssets.split(symbol, venue: venue.rawValue) {
            return (known.base, known.quote)
        }
        let quote = String(symbol.suffix(min(3, max(0, symbol.count - 1))))
        return (String(symbol.dropLast(quote.count)), quote)
    }

    package func text(symbols: [String], serverTime: Int64) -> String {
        "{\"timezone\":\"UTC\",\"serverTime\":\(serverTime),\"rateLimits\":["
            + limit("REQUEST_WEIGHT", "MINUTE", 1, WeightLimits.weightMax) + ","
            + limit("RAW_REQUESTS", "MINUTE", 5, 61_000)
            + "],\"exchangeFilters\":[],\"symbols\":["
            + symbols.map(entry).joined(separator: ",") + "]}"
    }

    /// A recorded body in which every one of the symbols is listed: a recording may be of another
    /// day than the tape.
    package func adding(_ symbols: [String], to recorded: [UInt8]) -> [UInt8] {
        guard let list = JSONMemberRange.value(of: "symbols", in: recorded),
            recorded[list.lowerBound] == UInt8(ascii: "[")
        else { return recorded }
        let text = String(decoding: recorded[list], as: UTF8.self)
        let missing = symbols.filter { text.range(of: "\"symbol\":\"\($0)\"") == nil }
        if missing.isEmpty { return recorded }
        let isEmpty = list.count <= 2
        let entries = missing.map(entry).joined(separator: ",") + (isEmpty ? "" : ",")
        var body = recorded
        body.insert(contentsOf: Array(entries.utf8), at: list.lowerBound + 1)
        return body
    }

    private func entry(_ symbol: String) -> String {
        let (base, quote) = assets(of: symbol)
        return "{\"symbol\":\"\(symbol)\",\"status\":\"TRADING\",\"baseAsset\":\"\(base)\","
            + "\"baseAssetPrecision\":8,\"quoteAsset\":\"\(quote)\",\"quotePrecision\":8,"
            + "\"quoteAssetPrecision\":8,\"orderTypes\":[\"LIMIT\",\"MARKET\"],"
            + "\"icebergAllowed\":true,\"isSpotTradingAllowed\":true,"
            + "\"isMarginTradingAllowed\":false,\"filters\":[],\"permissions\":[\"SPOT\"]}"
    }

    private func limit(_ kind: String, _ unit: String, _ count: Int, _ limit: Int) -> String {
        "{\"rateLimitType\":\"\(kind)\",\"interval\":\"\(unit)\",\"intervalNum\":\(count),"
            + "\"limit\":\(limit)}"
    }
}
