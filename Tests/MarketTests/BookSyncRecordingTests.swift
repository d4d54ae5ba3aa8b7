import Market
import Testing

/// Recorded sessions, beside a book made of texts in dictionaries.
@Suite(.enabled(if: Recording.isPresent, "needs ../shared/recordings"))
struct BookSyncRecordingTests {
    @Test(arguments: [
        ["binance/btcusdt_20240808_a", "binance/btcusdt_20240808_b"],
        ["binance/multi3_20210404"], ["binance/multi4_20211012"], ["binance/multi10_20210405"],
        ["binance_us/multi10_20210405"],
    ])
    func `a recorded session never leaves the book of an independent oracle`(
        files: [String]
    ) throws {
        var symbols: [String: Session] = [:]
        for file in files {
            for body in try Recording(file).bodies(containing: "[[") {
                let url = try #require(body["url"] as? String)
                let named = url.split(separator: "symbol=").dropFirst().first?.prefix { $0 != "&" }
                // The 2024 files do not say what their one snapshot is of.
                let symbol = body["s"] as? String ?? named.map(String.init) ?? "BTCUSDT"
                let session = symbols[symbol] ?? Session()
                symbols[symbol] = session
                try session.receive(body)
            }
        }
        #expect(!symbols.isEmpty)
        for (symbol, session) in symbols {
            #expect(session.timesLive == 1, "\(symbol)")
            #expect(session.applied > 0, "\(symbol)")
            try session.compare()
        }
    }
}

/// One symbol's sync beside its oracle. A class, because a dictionary holds no noncopyable value.
private final class Session {
    private var sync = BookSync()
    private var oracle: [String: [String: String]] = ["bids": [:], "asks": [:]]
    private var oracleID = 0
    private var waiting: [[String: Any]] = []
    private(set) var timesLive = 0
    private(set) var applied = 0

    func receive(_ body: [String: Any]) throws {
        if let id = body["lastUpdateId"] as? Int {
            try receiveSnapshot(id, body)
        } else if let first = body["U"] as? Int, let last = body["u"] as? Int {
            try receiveDiff(first, last, body)
        }
    }

    private func receiveSnapshot(_ id: Int, _ body: [String: Any]) throws {
        _ = sync.beginSnapshot(lastUpdateID: UInt64(id))
        try give(body["bids"], .bid)
        try give(body["asks"], .ask)
        #expect(sync.endSnapshot() == .wentLive)
        timesLive += 1
        oracle = ["bids": [:], "asks": [:]]
        oracleID = id
        try note(body["bids"], "bids")
        try note(body["asks"], "asks")
        for diff in waiting { try follow(diff) }
        waiting = []
        try compare()
    }

    private func receiveDiff(_ first: Int, _ last: Int, _ body: [String: Any]) throws {
        if sync.beginDiff(first: UInt64(first), last: UInt64(last)) != .ignore {
            try give(body["b"], .bid)
            try give(body["a"], .ask)
        }
        switch sync.endDiff() {
        case .applied:
            applied += 1
            try follow(body)
            if applied % 100 == 0 { try compare() }
        case .none: break
        case .buffered, .requestSnapshot(.firstDiff): waiting.append(body)
        case let action: Issue.record("\(action)")
        }
    }

    private func follow(_ diff: [String: Any]) throws {
        let last = try #require(diff["u"] as? Int)
        guard last > oracleID else { return }
        oracleID = last
        try note(diff["b"], "bids")
        try note(diff["a"], "asks")
    }

    func compare() throws {
        #expect(sync.updateID == UInt64(oracleID))
        for (side, name) in [(OrderBook.Side.bid, "bids"), (.ask, "asks")] {
            let levels = sync.book.levels(side)
            let truth = try #require(oracle[name])
            #expect(levels.count == truth.count)
            #expect(levels.allSatisfy { truth["\($0.price)"] == "\($0.quantity)" })
            let isOrdered = zip(levels, levels.dropFirst()).allSatisfy { better, worse in
                side == .bid ? better.price > worse.price : better.price < worse.price
            }
            #expect(isOrdered)
        }
    }

    private func give(_ levels: Any?, _ side: OrderBook.Side) throws {
        for level in try #require(levels as? [[String]]) {
            let price = try #require(Decimal(level[0]))
            sync.applyLevel(side, price: price, quantity: try #require(Decimal(level[1])))
        }
    }

    private func note(_ levels: Any?, _ side: String) throws {
        for level in try #require(levels as? [[String]]) {
            let quantity = Session.shortest(level[1])
            oracle[side]?[Session.shortest(level[0])] = quantity == "0" ? nil : quantity
        }
    }

    /// "0.10000000" as "0.1".
    private static func shortest(_ text: String) -> String {
        guard text.contains(".") else { return text }
        var text = text[...]
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return String(text)
    }
}
