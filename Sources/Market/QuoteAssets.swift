/// What a venue prices things in, so that a bare venue symbol ("BTCUSDT") can be taken apart
/// before, or without, the venue's instrument list.
package enum QuoteAssets {
    /// Quote assets of Binance spot since 2017, from its `exchangeInfo` over the years. There is no
    /// USD, so "BTCTUSD" is BTC/TUSD; and no AEUR, so "ADAEUR" is ADA/EUR.
    private static let binance: Set<String> = [
        "USDT", "USDC", "BUSD", "TUSD", "FDUSD", "USDP", "PAX", "USDS", "USD1", "USDE", "XUSD",
        "BFUSD", "UST", "EURI", "BIDR", "IDRT", "IDR", "BKRW", "BVND", "NGN", "RUB", "TRY",
        "EUR", "GBP", "AUD", "BRL", "UAH", "ZAR", "PLN", "RON", "ARS", "JPY", "MXN", "COP", "CZK",
        "DAI", "VAI", "GYEN", "BNB", "ETH", "BTC", "XRP", "TRX", "DOGE", "DOT", "SOL",
    ]

    /// Quote assets of Binance.US. There is no TUSD, so "BTTUSD" is BTT/USD.
    private static let binanceUS: Set<String> = [
        "USD", "USD4", "USDT", "USDC", "BUSD", "DAI", "BTC", "ETH", "BNB",
    ]

    /// Known quote assets of a venue; empty for a venue whose symbols carry a separator.
    package static func known(at venue: String) -> Set<String> {
        switch venue {
        case "binance": binance
        case "binance_us": binanceUS
        default: []
        }
    }

    /// BASE/QUOTE of a bare venue symbol, by the longest known quote asset it ends with; nil when
    /// it ends with none or nothing is left before it. Case is ignored.
    package static func split(_ venueSymbol: String, venue: String) -> Symbol? {
        let quotes = known(at: venue)
        let text = venueSymbol.uppercased()
        let longest = quotes.reduce(0) { max($0, $1.count) }
        var length = min(longest, text.count - 1)
        while length > 0 {
            let quote = String(text.suffix(length))
            if quotes.contains(quote) {
                return Symbol(String(text.dropLast(length)) + "/" + quote)
            }
            length -= 1
        }
        return nil
    }
}
