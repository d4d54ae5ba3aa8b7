/// A stream that the simulator computes from the tape because the tape lacks it.
package enum DerivedKind: String, CaseIterable, Sendable {
    case ticker, miniTicker
    case kline = "kline_1m"
}

/// Payloads in Binance's shapes (web-socket-streams.md, rest-api.md).
package enum DerivedPayload {
    /// Nil while the symbol has neither traded nor been quoted.
    package static func stream(
        _ kind: DerivedKind, symbol: String, _ statistics: SymbolStatistics, eventTime: Int64
    ) -> String? {
        guard let candle = candle(statistics) else { return nil }
        switch kind {
        case .ticker: return ticker(symbol, candle, statistics, eventTime)
        case .miniTicker:
            return "{\"e\":\"24hrMiniTicker\",\"E\":\(eventTime),\"s\":\"\(symbol)\","
                + "\"c\":\"\(candle.close.text)\",\(sums(candle))}"
        case .kline: return kline(symbol, statistics, eventTime)
        }
    }

    /// The body of `GET /api/v3/ticker/24hr` for one symbol.
    package static func dayTicker(
        symbol: String, _ statistics: SymbolStatistics, now: Int64
    ) -> String? {
        guard let candle = candle(statistics) else { return nil }
        let (change, percent) = change(candle)
        let (bid, ask) = quotes(statistics, candle)
        let times = times(statistics, now)
        return "{\"symbol\":\"\(symbol)\",\"priceChange\":\"\(change)\","
            + "\"priceChangePercent\":\"\(percent)\",\"weightedAvgPrice\":\"\(average(candle))\","
            + "\"prevClosePrice\":\"\(candle.open.text)\",\"lastPrice\":\"\(candle.close.text)\","
            + "\"lastQty\":\"\(statistics.lastQuantity?.text ?? "0.00000000")\","
            + "\"bidPrice\":\"\(bid.price)\",\"bidQty\":\"\(bid.quantity)\","
            + "\"askPrice\":\"\(ask.price)\",\"askQty\":\"\(ask.quantity)\","
            + "\"openPrice\":\"\(candle.open.text)\",\"highPrice\":\"\(candle.high.text)\","
            + "\"lowPrice\":\"\(candle.low.text)\",\"volume\":\"\(candle.volume.text(places: 8))\","
            + "\"quoteVolume\":\"\(candle.quoteVolume.text(places: 8))\","
            + "\"openTime\":\(times.open),\"closeTime\":\(times.close),"
            + "\"firstId\":\(identifier(candle.firstID, candle)),"
            + "\"lastId\":\(identifier(candle.lastID, candle)),\"count\":\(candle.count)}"
    }

    /// The last price: of the last trade, else the middle of the quotes.
    package static func lastPrice(_ statistics: SymbolStatistics) -> String? {
        candle(statistics)?.close.text
    }

    private static func candle(_ statistics: SymbolStatistics) -> SymbolStatistics.Candle? {
        statistics.day ?? statistics.middle.map { SymbolStatistics.Candle(price: $0) }
    }

    private static func ticker(
        _ symbol: String, _ candle: SymbolStatistics.Candle, _ statistics: SymbolStatistics,
        _ eventTime: Int64
    ) -> String {
        let (change, percent) = change(candle)
        let (bid, ask) = quotes(statistics, candle)
        let times = times(statistics, eventTime)
        return "{\"e\":\"24hrTicker\",\"E\":\(eventTime),\"s\":\"\(symbol)\","
            + "\"p\":\"\(change)\",\"P\":\"\(percent)\",\"w\":\"\(average(candle))\","
            + "\"x\":\"\(candle.open.text)\",\"c\":\"\(candle.close.text)\","
            + "\"Q\":\"\(statistics.lastQuantity?.text ?? "0.00000000")\","
            + "\"b\":\"\(bid.price)\",\"B\":\"\(bid.quantity)\","
            + "\"a\":\"\(ask.price)\",\"A\":\"\(ask.quantity)\",\(sums(candle)),"
            + "\"O\":\(times.open),\"C\":\(times.close),"
            + "\"F\":\(identifier(candle.firstID, candle)),"
            + "\"L\":\(identifier(candle.lastID, candle)),\"n\":\(candle.count)}"
    }

    private static func kline(
        _ symbol: String, _ statistics: SymbolStatistics, _ eventTime: Int64
    ) -> String? {
        let flat = (statistics.day?.close ?? statistics.middle).map {
            SymbolStatistics.Candle(price: $0)
        }
        let start = eventTime / 60_000 * 60_000
        let isCurrent = statistics.lastTime / 60_000 == eventTime / 60_000
        guard let candle = isCurrent ? statistics.minute ?? flat : flat else { return nil }
        return "{\"e\":\"kline\",\"E\":\(eventTime),\"s\":\"\(symbol)\",\"k\":{"
            + "\"t\":\(start),\"T\":\(start + 59_999),\"s\":\"\(symbol)\",\"i\":\"1m\","
            + "\"f\":\(identifier(candle.firstID, candle)),"
            + "\"L\":\(identifier(candle.lastID, candle)),"
            + "\"o\":\"\(candle.open.text)\",\"c\":\"\(candle.close.text)\","
            + "\"h\":\"\(candle.high.text)\",\"l\":\"\(candle.low.text)\","
            + "\"v\":\"\(candle.volume.text(places: 8))\",\"n\":\(candle.count),\"x\":false,"
            + "\"q\":\"\(candle.quoteVolume.text(places: 8))\","
            + "\"V\":\"\(candle.takerBuyVolume.text(places: 8))\","
            + "\"Q\":\"\(candle.takerBuyQuoteVolume.text(places: 8))\",\"B\":\"0\"}}"
    }

    private static func sums(_ candle: SymbolStatistics.Candle) -> String {
        "\"o\":\"\(candle.open.text)\",\"h\":\"\(candle.high.text)\",\"l\":\"\(candle.low.text)\","
            + "\"v\":\"\(candle.volume.text(places: 8))\","
            + "\"q\":\"\(candle.quoteVolume.text(places: 8))\""
    }

    private static func change(
        _ candle: SymbolStatistics.Candle
    ) -> (absolute: String, percent: String) {
        let change = candle.close.value - candle.open.value
        let hundredfold = Digits(units: change.units * 100)
        let percent = hundredfold.divided(by: candle.open.value)
        return (change.text(places: 8), percent.text(places: 3))
    }

    private static func average(_ candle: SymbolStatistics.Candle) -> String {
        let average = candle.quoteVolume.divided(by: candle.volume)
        return (average == .zero ? candle.close.value : average).text(places: 8)
    }

    /// Bid and ask; before the first quote the last price with nothing behind it.
    private static func quotes(
        _ statistics: SymbolStatistics, _ candle: SymbolStatistics.Candle
    ) -> (bid: (price: String, quantity: String), ask: (price: String, quantity: String)) {
        let last = (price: candle.close.text, quantity: "0.00000000")
        return (statistics.bid ?? last, statistics.ask ?? last)
    }

    private static func times(
        _ statistics: SymbolStatistics, _ now: Int64
    ) -> (open: Int64, close: Int64) {
        (now - 86_400_000, now)
    }

    /// -1 as Binance writes it when nothing was traded.
    private static func identifier(_ id: UInt64, _ candle: SymbolStatistics.Candle) -> String {
        candle.count == 0 ? "-1" : "\(id)"
    }
}
