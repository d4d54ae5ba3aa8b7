import Base
import Market
import Runtime
import Testing

@testable import Connectors

/// A sink that writes lines and wakes whoever waits for one. Confined to its loop.
private final class LineSink: FeedSink {
    private(set) var lines: [String] = []
    private var awaited: (line: String, CheckedContinuation<Void, Never>)?

    private func add(_ line: String) {
        lines.append(line)
        if awaited?.line == line {
            awaited?.1.resume()
            awaited = nil
        }
    }

    /// Resumes when this line comes, or at once if it came.
    func wait(for line: String, _ continuation: CheckedContinuation<Void, Never>) {
        if lines.contains(line) { continuation.resume() } else { awaited = (line, continuation) }
    }

    func clear() { lines = [] }

    func added(_ handle: Int, _ symbol: Symbol) { add("added \(handle) \(symbol)") }
    func tick(
        _ handle: Int, _ tick: Tick, venueSequence: UInt64, eventTime: Timestamp,
        receiveTime: Timestamp
    ) { add("tick \(handle) \(venueSequence) \(tick.bidPrice)") }
    func trade(_ handle: Int, _ trade: Trade, eventTime: Timestamp, receiveTime: Timestamp) {
        add("trade \(handle) \(trade.id)")
    }
    func aggregateTrade(
        _ handle: Int, _ trade: Trade, eventTime: Timestamp, receiveTime: Timestamp
    ) { add("aggtrade \(handle) \(trade.id)") }
    func tradeGap(_ handle: Int, _ kind: TopicKind, from: UInt64, through: UInt64) {
        add("gap \(handle) \(kind.rawValue) \(from) \(through)")
    }
    func bookChanged(
        _ handle: Int, book: borrowing OrderBook, venueSequence: UInt64, eventTime: Timestamp,
        receiveTime: Timestamp
    ) { add("book \(handle) \(venueSequence) \(book.count(.bid)) \(book.count(.ask))") }
    func status(_ handle: Int, _ kind: TopicKind, _ status: FeedStatus, _ reason: FeedReason) {
        add("\(kind.rawValue) \(handle) \(status) \(reason.rawValue)")
    }
    func unlisted(_ handle: Int) { add("unlisted \(handle)") }
    func instruments(_ instruments: [Instrument]) { add("instruments \(instruments.count)") }
}

/// A feed, its sink and its venue on one loop. `@unchecked Sendable`: everything but the loop is
/// touched inside `on` only.
private final class FeedRig: @unchecked Sendable {
    let loop: EventLoop
    var venue: VenueStub!
    var feed: BinanceFeed!
    var sink: LineSink!
    let metrics = MetricRegistry()

    static let list =
        #"{"symbols":[{"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","#
        + #""quoteAsset":"USDT"}]}"#

    init() async throws {
        loop = try EventLoop(name: "feed test")
        try await on { rig in
            rig.venue = try VenueStub(loop: rig.loop)
            rig.venue.answer = { path in
                path.hasPrefix("/binance/api/v3/depth?symbol=BTCUSDT")
                    ? (200, Frames.book) : (200, Self.list)
            }
            rig.sink = LineSink()
            let configuration = BinanceConfiguration(venue: "binance", base: rig.venue.base)!
            rig.feed = BinanceFeed(
                loop: rig.loop, configuration: configuration, sink: rig.sink, metrics: rig.metrics)
        }
    }

    func on<Result: Sendable>(
        _ work: @escaping @Sendable (FeedRig) throws -> Result
    ) async throws -> Result {
        try await loop.run { try work(self) }
    }

    func wait(for line: String) async {
        await withCheckedContinuation { continuation in
            loop.execute { self.sink.wait(for: line, continuation) }
        }
    }

    func stop() async throws {
        try await on { rig in
            rig.feed.stop()
            rig.venue.close()
            (rig.feed, rig.venue) = (nil, nil)
        }
        await loop.stop()
    }
}

@Suite(.timeLimit(.minutes(1))) struct BinanceFeedTests {
    @Test func `data travels from the venue's socket to the sink, and comes back after a loss`()
        async throws
    {
        let rig = try await FeedRig()
        try await rig.on { rig in
            rig.venue.received = { connection, _ in
                connection.send(Frames.tick(7))
                connection.send(Frames.trade(1))
                connection.send("garbage")
                connection.send(Frames.trade(3))
            }
            rig.feed.start()
            rig.feed.demand(Symbol("BTC/USDT")!)
        }
        await rig.wait(for: "trade 0 3")
        await rig.wait(for: "book 0 live synchronized")
        let lines = try await rig.on { $0.sink.lines }
        for line in [
            "added 0 BTC/USDT", "instruments 1", "tick 0 7 1.5", "tick 0 live started",
            "trade 0 live subscribed", "trade 0 1", "gap 0 trade 2 2", "book 0 100 1 1",
        ] {
            #expect(lines.contains(line), "\(line) in \(lines)")
        }
        #expect(rig.metrics.prometheusText().contains("reason=\"malformed\"} 1"))

        try await rig.on { rig in
            rig.sink.clear()
            rig.venue.received = { connection, _ in connection.send(Frames.depth(101, 102)) }
            for connection in rig.venue.connections { connection.stream.close() }
        }
        await rig.wait(for: "book 0 stale disconnected")
        await rig.wait(for: "book 0 102 1 1")
        try await rig.stop()
    }

    @Test func `a message over the venue's limit closes with 1009 and the feed comes back`()
        async throws
    {
        let rig = try await FeedRig()
        try await rig.on { rig in
            rig.feed.start()
            rig.feed.demand(Symbol("BTC/USDT")!)
        }
        await rig.wait(for: "book 0 live synchronized")
        try await rig.on { rig in
            rig.sink.clear()
            // The head of a text frame of 4 MiB and one byte.
            let venue = rig.venue.connections.first { $0.isOpenWebSocket }!
            venue.stream.output.append([0x81, 127, 0, 0, 0, 0, 0, 0x40, 0, 1])
            venue.stream.flushAtEndOfTurn()
        }
        await rig.wait(for: "book 0 live synchronized")
        let codes = try await rig.on { $0.venue.connections.compactMap(\.closeCode) }
        #expect(codes == [1009])
        let lines = try await rig.on { $0.sink.lines }
        #expect(lines.contains("trade 0 stale disconnected"))
        try await rig.stop()
    }

    @Test func `an instrument the venue does not list is reported`() async throws {
        let rig = try await FeedRig()
        try await rig.on { rig in
            rig.feed.start()
            rig.feed.demand(Symbol("NOT/USDT")!)
        }
        await rig.wait(for: "unlisted 0")
        try await rig.stop()
    }
}

@Suite struct FeedAddressTests {
    @Test func `addresses are read with scheme, port and prefix`() {
        let local = FeedAddress("http://127.0.0.1:7500/binance/")
        #expect(local?.endpoint == Endpoint(host: "127.0.0.1", port: 7500, tls: false))
        #expect(local?.path == "/binance" && local?.host == "127.0.0.1:7500")
        #expect(local?.requestURL == "http://127.0.0.1:7500/binance")
        let venue = FeedAddress("wss://stream.binance.com:9443")
        #expect(venue?.endpoint == Endpoint(host: "stream.binance.com", port: 9443, tls: true))
        #expect(FeedAddress("https://api.binance.com")?.host == "api.binance.com")
        #expect(FeedAddress("https://api.binance.com")?.endpoint.port == 443)
        #expect(FeedAddress("http://[::1]:80/x")?.requestURL == "http://[::1]/x")
    }

    @Test(arguments: [
        "", "binance.com", "ftp://x", "http://", "http://:80", "http://a:0", "http://a:99999",
        "http://a:x", "http://u@a", "http://a/b?c", "http://a b",
    ])
    func `anything else is no address`(text: String) {
        #expect(FeedAddress(text) == nil)
    }
}
