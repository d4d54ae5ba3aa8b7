import Base
import JSON
import Simulator
import Testing

@Suite struct ModelTapeTests {
    private static let start = Timestamp(nanoseconds: 1_700_000_000_000_000_000)

    private func makeTape(seed: UInt64, messages: Int) -> ModelTape {
        let tape = ModelTape(seed: seed) { ModelTapeTests.start }
        _ = tape.prepare(position: messages)
        return tape
    }

    private func texts(_ tape: ModelTape, _ count: Int) -> [String] {
        (0..<count).map { position in
            tape.window.withEnvelope(tape.window[position]) { $0.text() }
        }
    }

    @Test func `the same seed gives the same messages`() {
        let first = texts(makeTape(seed: 7, messages: 500), 500)
        #expect(first == texts(makeTape(seed: 7, messages: 500), 500))
        #expect(first != texts(makeTape(seed: 8, messages: 500), 500))
    }

    @Test func `diffs are contiguous, bookTicker runs ahead and trade ids have no holes`() throws {
        let tape = makeTape(seed: 3, messages: 6000)
        let parser = JSONParser()
        var lastDiff: [String: UInt64] = [:]
        var lastQuote: [String: UInt64] = [:]
        var lastTrade: [String: UInt64] = [:]
        var lastAggregate: [String: UInt64] = [:]
        var time = Int64.min
        for position in 0..<6000 {
            let message = tape.window[position]
            #expect(message.time >= time)
            time = message.time
            try tape.window.withPayload(message) { (bytes) throws(any Error) in
                let payload = try #require(try? parser.parse(bytes))
                let symbol = try #require(payload["s"]?.text)
                switch tape.catalog.streams[Int(message.stream)].kind {
                case .depth:
                    let first = try #require(payload["U"]?.uint64)
                    let last = try #require(payload["u"]?.uint64)
                    #expect(first <= last)
                    if let previous = lastDiff[symbol] { #expect(first == previous + 1) }
                    lastDiff[symbol] = last
                case .bookTicker:
                    let update = try #require(payload["u"]?.uint64)
                    #expect(update > lastDiff[symbol] ?? 0)
                    #expect(update > lastQuote[symbol] ?? 0)
                    lastQuote[symbol] = update
                    let bid = try #require(payload["b"]?.text.flatMap(Digits.init))
                    let ask = try #require(payload["a"]?.text.flatMap(Digits.init))
                    #expect(bid < ask)
                case .trade:
                    let trade = try #require(payload["t"]?.uint64)
                    if let previous = lastTrade[symbol] { #expect(trade == previous + 1) }
                    lastTrade[symbol] = trade
                case .aggregateTrade:
                    let aggregate = try #require(payload["a"]?.uint64)
                    if let previous = lastAggregate[symbol] { #expect(aggregate == previous + 1) }
                    lastAggregate[symbol] = aggregate
                    #expect(payload["l"]?.uint64 == lastTrade[symbol])
                default: Issue.record("a stream of an unexpected kind")
                }
            }
        }
        #expect(lastDiff.count == tape.catalog.symbols.count)
        #expect(lastTrade.count == tape.catalog.symbols.count)
    }

    @Test func `applying the diffs to the first book gives the last one, never crossed`() throws {
        let tape = ModelTape(seed: 11) { ModelTapeTests.start }
        let symbol = try #require(tape.catalog.symbol(named: "BTCUSDT"))
        let stream = try #require(tape.catalog.stream(named: "btcusdt@depth@100ms"))
        var book = tape.book(symbol: symbol, at: 0)
        #expect(book.bids.count >= 1000 && book.asks.count >= 1000)
        _ = tape.prepare(position: 5000)
        let end = tape.window.endPosition
        let parser = JSONParser()
        for position in 0..<end where tape.window[position].stream == Int32(stream) {
            tape.window.withPayload(tape.window[position]) { bytes in
                guard let payload = try? parser.parse(bytes), let bids = payload["b"],
                    let asks = payload["a"]
                else {
                    Issue.record("a diff that cannot be read")
                    return
                }
                let isApplied = book.apply(bids: bids, asks: asks)
                #expect(isApplied)
                book.lastUpdateID = payload["u"]?.uint64 ?? 0
            }
            #expect(book.bestBid?.price ?? .zero < book.bestAsk?.price ?? .zero)
        }
        #expect(
            book.depthText(limit: 5000) == tape.book(symbol: symbol, at: end).depthText(limit: 5000)
        )
    }

    @Test func `what has been played is given back`() {
        let tape = ModelTape(seed: 1) { ModelTapeTests.start }
        for position in stride(from: 0, to: 20_000, by: 500) {
            _ = tape.prepare(position: position)
            tape.played(before: position)
        }
        #expect(tape.window.byteCount < 3 << 20)
        #expect(tape.window.firstPosition > 10_000)
    }
}
