import Base
import Foundation
import Market
import Testing

@testable import Connectors

@Suite(.enabled(if: Recording.isAvailable, "the recordings are not beside this repository"))
struct BinanceRecordingTests {
    private static let sessions: [[String]] = [
        ["binance/btcusdt_20240808_a.jsonl.gz", "binance/btcusdt_20240808_b.jsonl.gz"],
        ["binance/multi3_20210404.jsonl.gz"], ["binance/multi10_20210405.jsonl.gz"],
        ["binance/multi4_20211012.jsonl.gz"], ["binance_us/multi10_20210405.jsonl.gz"],
    ]

    @Test(arguments: sessions)
    func `every book, tick and trade of a recorded session equals a naive reading of it`(
        files: [String]
    ) throws {
        let recording = try Recording(files)
        let rig = BinanceRig()
        let symbols = recording.symbols
        for (handle, name) in symbols.enumerated() {
            // How the pair is split does not matter here, only its spelling.
            #expect(rig.demand("\(name.dropLast(3))/\(name.suffix(3))") == handle)
        }
        rig.open()
        rig.confirmAll()
        var requests = Dictionary(
            uniqueKeysWithValues: rig.takeRequests().map { ($0.path, $0.number) })
        var books = [NaiveBook](repeating: NaiveBook(), count: symbols.count)
        var compared = 0
        for line in recording.lines {
            rig.advance(.milliseconds(1))
            for request in rig.takeRequests() { requests[request.path] = request.number }
            rig.actions = []
            if let symbol = line.answeredSymbol {
                let path = try #require(requests.keys.first { $0.contains("=\(symbol)&") })
                let request = requests.removeValue(forKey: path)!
                books[symbols.firstIndex(of: symbol)!].snapshot(line.message)
                rig.respond(request, String(decoding: line.text, as: UTF8.self))
            } else {
                try #require(rig.receive(line.text) == nil)
            }
            let expected = Self.expected(line, symbols, &books)
            let actual = rig.actions.compactMap { Self.described($0) }
            if !line.isAnswer { try #require(actual == expected) }
            for action in rig.actions {
                guard case .book(let handle, let sequence, _) = action else { continue }
                try #require(books[handle].id == Int(sequence))
                compared += 1
                try compare(rig, handle, books[handle], whole: compared % 50 == 1)
            }
        }
        for handle in symbols.indices {
            #expect(rig.status(.book, of: handle) == .live)
            try compare(rig, handle, books[handle], whole: true)
        }
        #expect(rig.machine.counts.resyncs == 0 && rig.machine.counts.repeated == 0)
        #expect(rig.machine.counts.tradeGaps == 0)
        #expect(compared > 100)
    }

    /// What the message means, by Foundation's reading.
    private static func expected(
        _ line: Recording.Line, _ symbols: [String], _ books: inout [NaiveBook]
    ) -> [String] {
        guard let stream = line.message["stream"] as? String,
            let data = line.message["data"] as? [String: Any]
        else { return [] }
        let handle = symbols.firstIndex(of: stream.prefix { $0 != "@" }.uppercased())!
        func units(_ key: String) -> Int64 { NaiveBook.units(data[key] as! String) }
        switch stream.drop(while: { $0 != "@" }) {
        case "@bookTicker":
            let fields = ["b", "B", "a", "A"].map { "\(units($0))" }
            return ["tick \(handle) \(data["u"]!) \(fields.joined(separator: " "))"]
        case "@trade", "@aggTrade":
            let side = data["m"] as! Bool ? "sell" : "buy"
            return [
                "trade \(handle) \(data["t"] ?? data["a"]!) \(units("p")) \(units("q")) \(side) "
                    + "\(data["T"]!)000000 \(data["f"] ?? "") \(data["l"] ?? "")"
            ]
        case "@depth@100ms":
            return books[handle].diff(data)
                ? ["book \(handle) \(data["u"]!) \(data["E"]!)000000"] : []
        default: return []
        }
    }

    private static func described(_ action: FeedAction) -> String? {
        func units(_ decimal: Market.Decimal) -> String { "\(decimal.mantissa(at: -8)!)" }
        switch action {
        case .tick(let handle, let tick, let sequence):
            let fields = [tick.bidPrice, tick.bidQuantity, tick.askPrice, tick.askQuantity]
            return "tick \(handle) \(sequence) \(fields.map(units).joined(separator: " "))"
        case .trade(let handle, let trade, let time),
            .aggregateTrade(let handle, let trade, let time):
            return "trade \(handle) \(trade.id) \(units(trade.price)) \(units(trade.quantity)) "
                + "\(trade.side) \(time.nanoseconds) \(trade.firstID.map(String.init) ?? "") "
                + (trade.lastID.map(String.init) ?? "")
        case .book(let handle, let sequence, let time):
            return "book \(handle) \(sequence) \(time.nanoseconds)"
        default: return nil
        }
    }

    private func compare(
        _ rig: BinanceRig, _ handle: Int, _ oracle: NaiveBook, whole: Bool
    ) throws {
        let wrong: Int? = rig.machine.withBook(of: handle) { book in
            guard book.count(.bid) == oracle.bids.count, book.count(.ask) == oracle.asks.count
            else { return -1 }
            for (side, levels) in [(OrderBook.Side.bid, oracle.bids), (.ask, oracle.asks)] {
                for rank in 0..<(whole ? levels.count : min(3, levels.count)) {
                    let level = book.level(side, rank)
                    let price = level.price.mantissa(at: -8)!
                    if levels[price] != level.quantity.mantissa(at: -8) { return rank }
                }
            }
            return nil
        }
        try #require(wrong == nil, "book \(handle) differs at rank \(wrong ?? 0)")
    }

    @Test func `every documented message is understood or a typed error`() throws {
        let recording = try Recording(["binance/doc_samples.jsonl"])
        let rig = BinanceRig.live("BTC/USDT", "ETH/USDT", "BNB/BTC")
        var labels: [String: Int] = [:]
        for line in recording.lines where !line.isAnswer {
            let error = rig.receive(line.text)
            labels[error.map { "\($0.label)" } ?? "understood", default: 0] += 1
            if !rig.machine.connections[0].isOpen {
                rig.pass(.seconds(1))
                rig.open()
                rig.confirmAll()
            }
        }
        // Confirmations, announcements and the two streams we ask for among the samples.
        #expect(labels["understood", default: 0] >= 5)
        #expect(labels["malformed"] == nil)
    }
}
