import Market
import Streams
import Testing

@Suite struct TopicNameTests {
    @Test(arguments: [
        ("tick:binance:BTC/USDT", TopicName.tick(venue: "binance", symbol: Symbol("BTC/USDT")!)),
        (
            "book:binance:BTC/USDT",
            .book(venue: "binance", symbol: Symbol("BTC/USDT")!, depth: 50)
        ),
        ("book:v_1:A/B:1", .book(venue: "v_1", symbol: Symbol("A/B")!, depth: 1)),
        ("book:v_1:A/B:1000", .book(venue: "v_1", symbol: Symbol("A/B")!, depth: 1000)),
        ("trade:binance_us:BTC/USD", .trade(venue: "binance_us", symbol: Symbol("BTC/USD")!)),
        ("aggtrade:binance:A/B", .aggregateTrade(venue: "binance", symbol: Symbol("A/B")!)),
        ("bench:0", .bench(number: 0)), ("bench:999999", .bench(number: 999_999)),
    ])
    func `a name is read, and written as it was`(text: String, name: TopicName) throws {
        #expect(try TopicName(parsing: text) == name)
        #expect(name.description == text)
        #expect(text.hasPrefix(name.kind.rawValue + ":"))
    }

    @Test func `the default depth is the same topic with and without its number`() throws {
        let named = try TopicName(parsing: "book:binance:BTC/USDT:50")
        #expect(named == (try TopicName(parsing: "book:binance:BTC/USDT")))
        #expect(named.description == "book:binance:BTC/USDT")
        #expect(named.spelledOut == "book:binance:BTC/USDT:50")
        #expect(try TopicName(parsing: "tick:binance:A/B").spelledOut == "tick:binance:A/B")
    }

    @Test(arguments: [
        ("", "unknown topic kind"), ("candle:binance:A/B", "known are tick, book, trade, aggtrade"),
        ("BOOK:binance:A/B", "unknown topic kind \"BOOK\""),
        ("tick", "write tick:VENUE:BASE/QUOTE"),
        ("book:binance", "write book:VENUE:BASE/QUOTE or"),
        ("tick:binance:A/B:50", "\"50\" at the end"),
        ("book:binance:A/B:50:1", "\"1\" at the end"), ("tick::A/B", "venue \"\""),
        ("tick:Binance:A/B", "a-z, 0-9 and _"), ("tick:binance:BTCUSDT", "write BASE/QUOTE"),
        ("tick:binance:btc/USDT", "only A-Z and 0-9"), ("book:binance:A/B:0", "from 1 to 1000"),
        ("book:binance:A/B:1001", "from 1 to 1000"), ("book:binance:A/B:", "depth \"\""),
        ("book:binance:A/B:+5", "depth \"+5\""), ("book:binance:A/B:05", "depth \"05\""),
        ("bench:-1", "bench number"), ("bench:1000000", "bench number"), ("bench", "write bench:N"),
        ("bench:1:2", "\"2\" at the end"), ("tick:a\nb:A/B", "venue \"a\\nb\""),
    ])
    func `a wrong name is told what is wrong and what is allowed`(text: String, part: String) {
        let error = #expect(throws: TopicNameError.self) { try TopicName(parsing: text) }
        let message = error?.description ?? ""
        #expect(message.contains(part), "\(message)")
    }

    @Test func `a huge name makes a short message`() {
        let text = String(repeating: "x", count: 1 << 20)
        for text in [
            text, "tick:\(text):A/B", "book:v:A/B:\(text)", "tick:v:\(text)", "bench:" + text,
        ] {
            let error = #expect(throws: TopicNameError.self) { try TopicName(parsing: text) }
            #expect((error?.description.utf8.count ?? 0) < 300)
        }
    }
}
