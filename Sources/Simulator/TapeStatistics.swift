internal import JSON

/// Adds up the trades and quotes of a tape as it plays, but only looks at what was played when
/// somebody asks: a tape that nobody wants tickers of pays nothing for them.
package final class TapeStatistics {
    private var statistics: [SymbolStatistics] = []
    /// The messages before this position are in the numbers.
    private var position = 0
    /// Per symbol: whether trades come from `@trade` (else from `@aggTrade`).
    private var usesTrades: [Bool] = []
    /// Latest venue time seen, milliseconds.
    package private(set) var venueTime: Int64 = 0
    private let parser = JSONParser(bytesMax: 32 << 20)

    package init() {}

    /// The numbers of a symbol when the messages before `end` have been played.
    package func symbol(_ symbol: Int, at end: Int, of source: any MarketSource) -> SymbolStatistics
    {
        catchUp(to: end, of: source)
        if statistics[symbol].bid == nil || !source.catalog.has(.bookTicker, symbol: symbol) {
            let book = source.book(symbol: symbol, at: end)
            if let bid = book.bestBid, let ask = book.bestAsk {
                statistics[symbol].quoted(
                    bid: (bid.priceText, bid.quantityText), ask: (ask.priceText, ask.quantityText))
            }
        }
        return statistics[symbol]
    }

    /// Looks at everything before `end` that has not been looked at. O(messages between).
    package func catchUp(to end: Int, of source: any MarketSource) {
        let catalog = source.catalog
        while statistics.count < catalog.symbols.count {
            usesTrades.append(catalog.has(.trade, symbol: statistics.count))
            statistics.append(SymbolStatistics())
        }
        let window = source.window
        var lastQuotes: [Int: TapeMessage] = [:]
        var lastDiff: TapeMessage?
        position = max(position, window.firstPosition)
        while position < min(end, window.endPosition) {
            let message = window[position]
            position += 1
            let stream = catalog.streams[Int(message.stream)]
            guard let symbol = stream.symbol else { continue }
            switch stream.kind {
            case .trade where usesTrades[symbol], .aggregateTrade where !usesTrades[symbol]:
                window.withPayload(message) { bytes in
                    guard let payload = try? parser.parse(bytes), let trade = trade(payload)
                    else { return }
                    statistics[symbol].traded(trade)
                    venueTime = max(venueTime, trade.time)
                }
            case .bookTicker: lastQuotes[symbol] = message
            case .depth: lastDiff = message
            default: break
            }
        }
        for (symbol, message) in lastQuotes { quote(symbol, window, message) }
        if let lastDiff {
            window.withPayload(lastDiff) { bytes in
                guard let time = try? parser.parse(bytes)["E"]?.int64 else { return }
                venueTime = max(venueTime, time)
            }
        }
    }

    private func quote(_ symbol: Int, _ window: TapeWindow, _ message: TapeMessage) {
        window.withPayload(message) { bytes in
            guard let payload = try? parser.parse(bytes), let bid = payload["b"]?.text,
                let bidQuantity = payload["B"]?.text, let ask = payload["a"]?.text,
                let askQuantity = payload["A"]?.text
            else { return }
            statistics[symbol].quoted(bid: (bid, bidQuantity), ask: (ask, askQuantity))
        }
    }

    private func trade(_ payload: JSONValue) -> TapeTrade? {
        guard let price = payload["p"]?.text.flatMap(SymbolStatistics.Price.init),
            let quantity = payload["q"]?.text.flatMap(SymbolStatistics.Price.init),
            let time = payload["T"]?.int64, let isBuyerMaker = payload["m"]?.bool,
            let first = (payload["f"] ?? payload["t"])?.uint64,
            let last = (payload["l"] ?? payload["t"])?.uint64
        else { return nil }
        return TapeTrade(
            price: price, quantity: quantity, firstID: first, lastID: last, time: time,
            isBuyerTaker: !isBuyerMaker)
    }
}
