import Base
import Market
import Testing

@testable import Connectors

/// A small market that runs for ever: one book, its diffs, ticks and trades, and what they lead to.
/// Made by the test, so that it needs no recording.
private struct SmallMarket {
    var random: SeededRandom
    var id = 1000
    var tradeID = 1
    var bids: [Int64: Int64] = [:]
    var asks: [Int64: Int64] = [:]

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        for step in 1...40 {
            bids[Int64(1000 - step)] = 5
            asks[Int64(1000 + step)] = 5
        }
    }

    /// A diff that moves some levels and never crosses the book.
    mutating func diff() -> String {
        let first = id + 1
        id += 1 + Int.random(in: 0..<4, using: &random)
        func changes(_ side: inout [Int64: Int64], _ range: ClosedRange<Int64>) -> String {
            (0..<Int.random(in: 0..<4, using: &random)).map { _ in
                let price = Int64.random(in: range, using: &random)
                let quantity = Int64.random(in: 0...3, using: &random)
                side[price] = quantity == 0 ? nil : quantity
                return Frames.level("\(price).00", "\(quantity).50".replacing("0.50", with: "0.00"))
            }.joined(separator: ",")
        }
        let (bid, ask) = (changes(&bids, 960...999), changes(&asks, 1001...1040))
        return Frames.depth(first, id, bids: bid, asks: ask)
    }

    func snapshot() -> String {
        func side(_ levels: [Int64: Int64]) -> String {
            levels.map { Frames.level("\($0)", $1 == 5 ? "5" : "\($1).5") }.joined(separator: ",")
        }
        return Frames.snapshot(id, bids: side(bids), asks: side(asks))
    }

    /// The book as "price quantity" lines, sorted.
    var state: Set<String> {
        Set(bids.map { "b\($0) \($1)" } + asks.map { "a\($0) \($1)" })
    }
}

@Suite struct BinanceFaultTests {
    /// The machine's book in the same form: quantities lose their half.
    private func state(_ rig: BinanceRig) -> Set<String> {
        rig.machine.withBook(of: 0) { book in
            var lines: Set<String> = []
            for (side, name) in [(OrderBook.Side.bid, "b"), (.ask, "a")] {
                for rank in 0..<book.count(side) {
                    let level = book.level(side, rank)
                    let half = level.quantity.mantissa(at: -1)! / 10
                    lines.insert("\(name)\(level.price) \(half)")
                }
            }
            return lines
        }
    }

    @Test(arguments: 0..<40)
    func `under every fault no book is ever wrong, and all is live again soon afterwards`(
        seed: Int
    ) throws {
        let rate = seed % 2 == 0 ? 0.05 : 0.3
        var faults = SeededRandom(seed: UInt64(seed) &* 77 &+ 5)
        var market = SmallMarket(seed: UInt64(seed))
        let rig = BinanceRig.live("BTC/USDT")
        var states: [Int: Set<String>] = [market.id: market.state]
        var held: String?
        var answers: [(due: Instant, number: Int, body: String)] = []
        var oldSnapshot = market.snapshot()
        var lastTrade: UInt64 = 0
        var wasLive = 0
        for step in 0..<600 {
            let isFaulty = step < 450
            func fault() -> Bool { isFaulty && faults.chance(rate) }
            rig.advance(.milliseconds(100))
            var frames = [market.diff(), Frames.tick(market.id), Frames.trade(market.tradeID)]
            market.tradeID += 1
            states[market.id] = market.state
            if fault() { frames.removeFirst() }
            if fault() { frames.append(frames[0]) }
            if fault() { frames.swapAt(0, frames.count - 1) }
            if fault() {
                frames[0] = String(frames[0].dropLast(Int.random(in: 1..<40, using: &faults)))
            }
            if fault() {
                held = frames.removeFirst()
            } else if let late = held {
                frames.append(late)
                held = nil
            }
            if isFaulty && faults.chance(rate / 20) {
                rig.close()
            }
            if case .opening = rig.machine.connections[0].state { rig.open() }
            rig.confirmAll()
            for frame in frames {
                rig.receive(frame)
                try check(rig, states, &lastTrade)
            }
            for request in rig.takeRequests() {
                let body = fault() ? oldSnapshot : market.snapshot()
                let delay: Duration = fault() ? .seconds(1) : .milliseconds(150)
                answers.append((rig.now + delay, request.number, body))
            }
            if step % 30 == 0 { oldSnapshot = market.snapshot() }
            for answer in answers where answer.due <= rig.now {
                rig.respond(answer.number, answer.body)
                try check(rig, states, &lastTrade)
            }
            answers.removeAll { $0.due <= rig.now }
            if rig.status(.book) == .live { wasLive += 1 }
        }
        #expect(rig.status(.book) == .live && rig.status(.tick) == .live)
        #expect(rig.status(.trade) == .live)
        #expect(lastTrade == UInt64(market.tradeID - 1))
        #expect(rig.machine.counts.resyncs > 0)
        #expect(wasLive > 60)
    }

    /// What was published since the last check is true: books at their id, trades without a hole
    /// that was not named.
    private func check(
        _ rig: BinanceRig, _ states: [Int: Set<String>], _ lastTrade: inout UInt64
    ) throws {
        for action in rig.actions {
            switch action {
            case .book(_, let sequence, _):
                try #require(state(rig) == states[Int(sequence)])
            case .trade(_, let trade, _):
                try #require(trade.id == lastTrade + 1 || lastTrade == 0)
                lastTrade = trade.id
            case .tradeGap(_, _, let from, let through):
                try #require(from == lastTrade + 1 && through >= from)
                lastTrade = through
            default: break
            }
        }
        rig.actions.removeAll { action in
            if case .get = action { false } else { true }
        }
    }

    @Test func `every message cut at every byte is an error, and leaves the book right`() throws {
        let rig = BinanceRig.live("BTC/USDT")
        rig.respond(rig.takeRequests()[0].number, Frames.book)
        let messages = [
            Frames.depth(101, 102, bids: Frames.level("9", "1"), asks: Frames.level("12", "1")),
            Frames.tick(5), Frames.trade(5), Frames.aggregate(5),
            #"{"result":null,"id":99}"#, #"{"error":{"code":2,"msg":"x"},"id":99}"#,
        ]
        _ = rig.drain()
        for message in messages {
            let bytes = Array(message.utf8)
            for count in 0..<bytes.count {
                #expect(rig.receive(Array(bytes[..<count])) != nil)
            }
            #expect(rig.drain().isEmpty)
        }
        let list = Array(Frames.book.utf8)
        for count in 0..<list.count {
            rig.close()
            rig.pass(.seconds(6))
            rig.open()
            rig.confirmAll()
            let number = try #require(rig.takeRequests().last).number
            #expect(rig.respond(number, String(decoding: list[..<count], as: UTF8.self)) != nil)
            #expect(rig.status(.book) == .resyncing)
        }
    }

    @Test(arguments: 0..<20)
    func `messages with random bytes changed never crash, and what they spoil is rebuilt`(
        seed: Int
    ) {
        var random = SeededRandom(seed: UInt64(seed))
        var market = SmallMarket(seed: UInt64(seed))
        let rig = BinanceRig.live("BTC/USDT")
        var crossed = 0
        for step in 0..<400 {
            rig.advance(.milliseconds(100))
            for frame in [
                market.diff(), Frames.tick(market.id), Frames.trade(step), Frames.aggregate(step),
            ] {
                var bytes = Array(frame.utf8)
                for _ in 0..<Int.random(in: 0..<3, using: &random) {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    bytes[place] = UInt8.random(in: 0...255, using: &random)
                }
                rig.receive(bytes)
                if rig.status(.book) == .live, rig.machine.withBook(of: 0, { $0.isCrossed }) {
                    crossed += 1
                }
            }
            for request in rig.takeRequests() {
                var body = market.snapshot()
                if random.chance(0.3) { body = String(body.dropLast(9)) }
                rig.respond(request.number, body)
            }
            rig.actions = []
            if case .closed = rig.machine.connections[0].state { rig.pass(.milliseconds(100)) }
            if case .opening = rig.machine.connections[0].state { rig.open() }
            rig.confirmAll()
        }
        #expect(crossed == 0)
        #expect(rig.errors.count > 100)
    }
}
