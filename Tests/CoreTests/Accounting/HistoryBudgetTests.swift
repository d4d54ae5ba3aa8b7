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

    private let event = MemoryLayout<EventTopic.Event>.stride
    private let fixture: HubFixture

    init() {
        var limits = HubLimits()
        limits.eventBytesMax = 80 * MemoryLayout<EventTopic.Event>.stride
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

    @Test func `the longest history gives up its oldest events, and a short one loses nothing`()
        throws
    {
        let busy = try fixture.trades()
        let quiet = try fixture.trades("trade:binance:ETH/USDT")
        append(1...10, to: quiet)
        let start = quiet.history.range
        let sink = FakeSink()
        let session = fixture.subscribe(busy, to: sink)
        for step in 0..<50 as Range<UInt64> {
            append(10 * step + 1...10 * step + 10, to: busy)
            #expect(busy.history.bytes + quiet.history.bytes <= 80 * event)
        }
        #expect(quiet.history.range == start)
        #expect(busy.history.range.count > 50)
        // Who keeps up is not concerned.
        let trades = sink.updates.filter { if case .trade? = $0.payload { true } else { false } }
        #expect(trades.count == 500)
        let metrics = fixture.hub.metrics
        #expect(metrics.cutEvents.value == busy.history.range.lowerBound - 1)
        fixture.hub.takeCensus()
        #expect(Int(metrics.historyBytes.value) == busy.history.bytes + quiet.history.bytes)
        session.end()
    }

    @Test func `who stood where events were given up is told which`() throws {
        let busy = try fixture.trades()
        append(1...1, to: busy)
        let sink = FakeSink()
        let session = fixture.subscribe(busy, to: sink)
        let from = busy.position.sequence
        sink.isBlocked = true
        append(2...200, to: busy)
        sink.isBlocked = false
        session.becameWritable()
        guard case .gap(let gap)? = sink.updates.first?.payload else {
            Issue.record("no gap")
            return
        }
        #expect(gap.fromSequence == from + 1 && gap.toSequence == sink.updates[0].sequence)
        #expect(sink.updates.last?.sequence == busy.position.sequence)
        session.end()
    }

    @Test func `many topics keep an event each, though that is more than they may have`() throws {
        let topics = try (0..<200).map { try fixture.trades("trade:binance:A\($0)/USDT") }
        for round in 1...3 as ClosedRange<UInt64> {
            for topic in topics { append(round...round, to: topic) }
        }
        #expect(topics.allSatisfy { $0.history.range.contains($0.position.sequence) })
        #expect(topics.reduce(0) { $0 + $1.history.bytes } <= (200 + 10) * event)
    }

    @Test func `a topic that ends leaves its part to the others`() throws {
        let busy = try fixture.trades()
        append(1...60, to: busy)
        let board = try #require(fixture.hub.allBoards.first)
        fixture.hub.dissolve(board)
        fixture.hub.takeCensus()
        #expect(fixture.hub.metrics.historyBytes.value == 0)
    }
}
