/// What a symbol's trades on the tape add up to: the numbers of `@ticker`, `@miniTicker`,
/// `@kline_1m` and of the REST tickers. Prices keep the venue's digits.
package struct SymbolStatistics: Sendable {
    /// A price with the text the venue wrote.
    package struct Price: Equatable, Sendable {
        package var value: Digits
        package var text: String

        package init?(_ text: String) {
            guard let value = Digits(text) else { return nil }
            (self.value, self.text) = (value, text)
        }
    }

    /// Open, high, low, close and what was traded.
    package struct Candle: Sendable {
        package var open, high, low, close: Price
        package var volume = Digits.zero
        package var quoteVolume = Digits.zero
        package var takerBuyVolume = Digits.zero
        package var takerBuyQuoteVolume = Digits.zero
        package var firstID: UInt64 = 0
        package var lastID: UInt64 = 0
        package var count: UInt64 = 0

        package init(price: Price) { (open, high, low, close) = (price, price, price, price) }

        package mutating func add(_ trade: TapeTrade) {
            if count == 0 { firstID = trade.firstID }
            close = trade.price
            if trade.price.value > high.value { high = trade.price }
            if trade.price.value < low.value { low = trade.price }
            let quote = trade.price.value.times(trade.quantity.value)
            volume = volume + trade.quantity.value
            quoteVolume = quoteVolume + quote
            if trade.isBuyerTaker {
                takerBuyVolume = takerBuyVolume + trade.quantity.value
                takerBuyQuoteVolume = takerBuyQuoteVolume + quote
            }
            lastID = trade.lastID
            count += trade.lastID &- trade.firstID &+ 1
        }
    }

    package private(set) var day: Candle?
    package private(set) var minute: Candle?
    package private(set) var lastQuantity: Price?
    /// Venue time of the first and the last trade, milliseconds.
    package private(set) var firstTime: Int64 = 0
    package private(set) var lastTime: Int64 = 0
    package private(set) var bid: (price: String, quantity: String)?
    package private(set) var ask: (price: String, quantity: String)?

    package init() {}

    package mutating func traded(_ trade: TapeTrade) {
        if day == nil {
            day = Candle(price: trade.price)
            firstTime = trade.time
        }
        day?.add(trade)
        if minute == nil || trade.time / 60_000 != lastTime / 60_000 {
            minute = Candle(price: trade.price)
        }
        minute?.add(trade)
        lastTime = trade.time
        lastQuantity = trade.quantity
    }

    package mutating func quoted(
        bid: (price: String, quantity: String), ask: (price: String, quantity: String)
    ) {
        self.bid = bid
        self.ask = ask
    }

    /// The middle of bid and ask, the last price of a symbol that has not traded.
    package var middle: Price? {
        guard let bid, let ask, let low = Digits(bid.price), let high = Digits(ask.price) else {
            return nil
        }
        let places =
            bid.price.utf8.split(separator: UInt8(ascii: ".")).dropFirst().first?.count ?? 0
        return Price(Digits(units: (low.units + high.units) / 2).text(places: places))
    }
}

/// One trade or aggregate trade, as the tape's messages carry it.
package struct TapeTrade: Sendable {
    package let price: SymbolStatistics.Price
    package let quantity: SymbolStatistics.Price
    package let firstID: UInt64
    package let lastID: UInt64
    /// Milliseconds since 1970, the venue's clock.
    package let time: Int64
    package let isBuyerTaker: Bool
}
