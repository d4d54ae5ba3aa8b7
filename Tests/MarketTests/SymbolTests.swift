import Market
import Testing

@Suite struct SymbolTests {
    @Test func `a canonical symbol is read and written alike`() throws {
        let symbol = try Symbol(parsing: "1INCH/USDT")
        #expect(symbol.base == "1INCH")
        #expect(symbol.quote == "USDT")
        #expect(symbol.description == "1INCH/USDT")
    }

    @Test(arguments: [
        ("BTCUSDT", SymbolError.noSlash("BTCUSDT")), ("/USDT", .emptyAsset), ("BTC/", .emptyAsset),
        ("btc/USDT", .badCharacter("b", asset: "btc")), ("A/B/C", .badCharacter("/", asset: "B/C")),
        ("BTC/USDT ", .badCharacter(" ", asset: "USDT ")),
        ("ABCDEFGHIJKLMNOPQRSTU/X", .assetTooLong(length: 21)),
    ])
    func `what is no symbol is named`(text: String, error: SymbolError) {
        #expect(throws: error) { try Symbol(parsing: text) }
        #expect(!error.description.isEmpty)
    }
}

@Suite struct SymbolTableTests {
    @Test func `before the list is known the venue's spelling is guessed`() {
        let table = SymbolTable(venue: "binance")
        #expect(!table.isKnown)
        #expect(table.venueSymbol(Symbol("BTC/USDT")!) == "BTCUSDT")
        #expect(table.symbol(venueSymbol: "BTCUSDT") == Symbol("BTC/USDT"))
    }

    @Test func `once the list is known it alone is the truth`() {
        var table = SymbolTable(venue: "binance")
        let listed = Instrument(
            venue: "binance", symbol: Symbol("BTC/USDT")!, venueSymbol: "XBTUSDT", isTrading: true)
        table.replace(with: [listed])
        #expect(table.isKnown)
        #expect(table.venueSymbol(Symbol("BTC/USDT")!) == "XBTUSDT")
        #expect(table.symbol(venueSymbol: "XBTUSDT") == Symbol("BTC/USDT"))
        #expect(table.venueSymbol(Symbol("ETH/USDT")!) == nil)
        #expect(table.symbol(venueSymbol: "ETHUSDT") == nil)
        #expect(table.instrument(Symbol("BTC/USDT")!) == listed)
        table.replace(with: [Instrument]())
        #expect(table.instruments.isEmpty)
    }

    @Test func `of two entries for one symbol the one that trades wins`() {
        var table = SymbolTable(venue: "v")
        func instrument(_ name: String, _ isTrading: Bool) -> Instrument {
            Instrument(
                venue: "v", symbol: Symbol("A/B")!, venueSymbol: name, isTrading: isTrading)
        }
        table.replace(with: [instrument("old", false), instrument("new", true)])
        #expect(table.venueSymbol(Symbol("A/B")!) == "new")
        table.replace(with: [instrument("new", true), instrument("old", false)])
        #expect(table.venueSymbol(Symbol("A/B")!) == "new")
        #expect(table.symbol(venueSymbol: "old") == Symbol("A/B"))
    }
}

@Suite struct QuoteAssetsTests {
    @Test(arguments: [
        ("BTCUSDT", "binance", "BTC/USDT"), ("btcusdt", "binance", "BTC/USDT"),
        ("ETHBTC", "binance", "ETH/BTC"), ("RENBTCETH", "binance", "RENBTC/ETH"),
        ("BTCSTUSDT", "binance", "BTCST/USDT"), ("BTCTUSD", "binance", "BTC/TUSD"),
        ("AXSBNB", "binance", "AXS/BNB"), ("USDTBIDR", "binance", "USDT/BIDR"),
        ("BTCFDUSD", "binance", "BTC/FDUSD"), ("RUNEEUR", "binance", "RUNE/EUR"),
        ("BTTUSD", "binance_us", "BTT/USD"), ("BTCUSD", "binance_us", "BTC/USD"),
        ("VTHOUSD", "binance_us", "VTHO/USD"), ("QTUMUSDT", "binance_us", "QTUM/USDT"),
        ("USDTUSD", "binance_us", "USDT/USD"), ("ETHBTC", "binance_us", "ETH/BTC"),
    ])
    func `a bare venue symbol is taken apart by the venue's quote assets`(
        text: String, venue: String, symbol: String
    ) {
        #expect(QuoteAssets.split(text, venue: venue)?.description == symbol)
    }

    @Test(arguments: [
        ("USDT", "binance"), ("", "binance"), ("BTCUSD", "binance"), ("BTCXYZ", "binance"),
        ("BTCUSDT", "kraken"), ("\u{5e01}USDT", "binance"),
    ])
    func `what cannot be taken apart is nil`(text: String, venue: String) {
        #expect(QuoteAssets.split(text, venue: venue) == nil)
    }

    @Test(.enabled(if: Recording.isPresent, "needs ../shared/recordings"))
    func `every symbol of a recorded exchangeInfo is taken apart as the venue says`() throws {
        let body = try #require(try Recording("binance/rest_exchangeInfo_20211012").bodies().first)
        let symbols = try #require(body["symbols"] as? [[String: Any]])
        #expect(symbols.count > 1000)
        for entry in symbols {
            let venueSymbol = try #require(entry["symbol"] as? String)
            let base = try #require(entry["baseAsset"] as? String)
            let quote = try #require(entry["quoteAsset"] as? String)
            let symbol = QuoteAssets.split(venueSymbol, venue: "binance")
            #expect(symbol?.description == base + "/" + quote)
        }
    }
}
