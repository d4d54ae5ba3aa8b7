import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

@Suite struct HistoryBudgetTests {
    @Test(arguments: [
        ([], 10, Int.max), ([3, 4], 10, .max), ([5, 5], 10, .max), ([6, 5], 10, 5),
        ([1, 100, 2, 50], 43, 20), ([7, 7, 7], 0, 0),
    ])
    func `the larger ones are cut to one level`(sizes: [Int], total: Int, level: Int) {
        #expect(HistoryBudget.level(of: sizes, total: total) == level)
    }

    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func `what is cut fits, and no more is cut than has to be`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let sizes = (0..<Int.random(in: 1...40, using: &random)).map { _ in
            Int.random(in: 0...1000, using: &random)
        }
        let total = Int.random(in: 0...20_000, using: &random)
        let level = HistoryBudget.level(of: sizes, total: total)
        let left = sizes.reduce(0) { $0 + min($1, level) }
        #expect(left <= total || level == 0)
        if level < .max { #expect(left + sizes.count > total) }
    }

    // MARK: In the hub

    private static let bytesMax = 200_000
    private let fixture: HubFixture
    private let sink = FakeSink()
    private var metrics: HubMetrics { fixture.hub.metrics }

    init() {
        var limits = HubLimits()
        limits.eventBytesMax = Self.bytesMax
        limits.eventAgeMin = .seconds(1)
        fixture = HubFixture(limits: limits)
    }

    private func append(_ ids: ClosedRange<UInt64>, to topic: EventTopic) {
        for id in ids {
            let trade = Market.Trade(
                id: id, price: decimal("1.5"), quantity: decimal("2"), side: .buy, firstID: nil,
                lastID: nil)
            topic.append(trade, eventTime: .unknown, receiveTime: .unknown)
        }
        fixture.turn.end()
    }

    /// So many turns with ten events each, a tenth of a second from one to the next.
    private func live(_ turns: UInt64, _ topic: EventTopic, _ look: () -> Void = {}) {
        for turn in 0..<turns {
            append(10 * turn + 1...10 * turn + 10, to: topic)
            look()
            fixture.turn.advance(.milliseconds(100))
        }
    }

    private var trades: Int {
        sink.updates.count { if case .trade? = $0.payload { true } else { false } }
    }

    private var gaps: [Gap] {
        sink.updates.compactMap { if case .gap(let gap)? = $0.payload { gap } else { nil } }
    }

    @Test func `the largest history gives way, a small one loses nothing, and nobody who keeps up`()
        throws
    {
        let busy = try fixture.trades()
        let quiet = try fixture.trades("trade:binance:ETH/USDT")
        append(1...10, to: quiet)
        let session = fixture.subscribe(busy, to: sink)
        live(500, busy) {
            #expect(busy.history.memory + quiet.history.memory <= Self.bytesMax)
        }
        #expect(quiet.history.range == 1..<12)
        #expect(busy.history.range.count > 500)
        #expect(trades == 5000 && gaps.isEmpty)
        #expect(metrics.cutEvents.value == busy.history.range.lowerBound - 1)
        fixture.hub.takeCensus()
        #expect(Int(metrics.historyBytes.value) == busy.history.memory + quiet.history.memory)
        session.end()
    }

    @Test func `who stood where events were given up is told which`() throws {
        let busy = try fixture.trades()
        append(1...1, to: busy)
        let session = fixture.subscribe(busy, to: sink)
        let from = busy.position.sequence
        sink.isBlocked = true
        live(500, busy)
        sink.isBlocked = false
        session.becameWritable()
        #expect(gaps.map(\.fromSequence) == [from + 1])
        #expect(gaps.first?.toSequence == sink.updates.first?.sequence)
        #expect(sink.updates.last?.sequence == busy.position.sequence)
        session.end()
    }

    @Test func `however much comes in one turn, who keeps up has it`() throws {
        let busy = try fixture.trades()
        let session = fixture.subscribe(busy, to: sink)
        append(1...5000, to: busy)
        #expect(trades == 5000 && gaps.isEmpty)
        session.end()
    }

    @Test func `what is young stays, what is old goes by steps`() throws {
        let busy = try fixture.trades()
        append(1...10_000, to: busy)
        #expect(busy.history.memory > Self.bytesMax && metrics.cutEvents.value == 0)
        fixture.turn.advance(.seconds(2))
        for step in 1...3 as ClosedRange<UInt64> {
            append(10_000 + step...10_000 + step, to: busy)
            #expect(metrics.cutEvents.value <= 4096 * step)
        }
        #expect(busy.history.memory <= Self.bytesMax * 3 / 4)
        #expect(metrics.cutEvents.value > 8192)
    }

    @Test func `a topic that ends while histories are cut is not counted twice`() throws {
        let (ends, stays) = (
            try fixture.trades("trade:binance:ETH/USDT"), try fixture.trades()
        )
        append(1...20_000, to: ends)
        append(1...20_000, to: stays)
        fixture.turn.advance(.seconds(2))
        append(20_001...20_001, to: stays)
        #expect(metrics.cutEvents.value == 4096)
        let boards = fixture.hub.allBoards
        fixture.hub.dissolve(try #require(boards.first { "\($0.symbol)" == "ETH/USDT" }))
        for _ in 0..<10 {
            fixture.hub.takeCensus()
            fixture.turn.end()
            fixture.turn.advance(.seconds(1))
        }
        fixture.hub.takeCensus()
        #expect(Int(metrics.historyBytes.value) == stays.history.memory)
        #expect(stays.history.memory <= Self.bytesMax * 3 / 4)
    }

    @Test func `where each has a little, nobody loses what would free nothing`() throws {
        let topics = try (0..<100).map { try fixture.trades("trade:binance:A\($0)/USDT") }
        for topic in topics { append(1...30, to: topic) }
        fixture.turn.advance(.seconds(2))
        for topic in topics { append(31...31, to: topic) }
        #expect(metrics.cutEvents.value == 0)
    }

    @Test func `who filters is told how far he is before it is cut off`() throws {
        let busy = try fixture.trades()
        append(1...1, to: busy)
        let session = Session(codec: .protobuf, sink: sink)
        let options = try FilteredTopicTests.options("side == sell", for: busy)
        _ = session.add(busy, options, resumeAt: nil)
        session.becameWritable()
        live(200, busy)
        #expect(metrics.cutEvents.value > 0 && gaps.isEmpty)
        let told = try #require(sink.updates.last?.sequence)
        #expect(told >= busy.history.range.lowerBound - 1)
        session.end()
    }

    @Test func `a topic that ends leaves its part to the others`() throws {
        let (ends, stays) = (
            try fixture.trades("trade:binance:ETH/USDT"), try fixture.trades()
        )
        append(1...600, to: ends)
        let boards = fixture.hub.allBoards
        fixture.hub.dissolve(try #require(boards.first { "\($0.symbol)" == "ETH/USDT" }))
        fixture.turn.advance(.seconds(2))
        append(1...600, to: stays)
        fixture.turn.advance(.seconds(2))
        append(601...700, to: stays)
        #expect(metrics.cutEvents.value == 0)
        fixture.hub.takeCensus()
        #expect(Int(metrics.historyBytes.value) == stays.history.memory)
    }
}
