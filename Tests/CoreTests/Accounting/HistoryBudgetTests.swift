import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

@Suite struct HistoryBudgetTests {
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

    /// Of somebody whose filter lets nothing through that is appended here.
    private func wantingOtherTrades(of topic: EventTopic) throws -> Session {
        let session = Session(codec: .protobuf, sink: sink)
        let options = try FilteredTopicTests.options("side == sell", for: topic)
        _ = session.add(topic, options, resumeAt: nil)
        session.becameWritable()
        return session
    }

    private func nextStep() { fixture.turn.advance(.milliseconds(1)) }

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
        append(10_001...10_001, to: busy)
        for step in 0...3 as ClosedRange<UInt64> {
            #expect(metrics.cutEvents.value <= 4096 * step)
            nextStep()
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
        nextStep()
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
        for _ in 0..<10 { nextStep() }
        #expect(metrics.cutEvents.value == 0)
    }

    @Test func `a little of very many is looked at once a second`() throws {
        let topics = try (0..<10).map { try fixture.trades("trade:binance:A\($0)/USDT") }
        // Young, and some more than three quarters.
        var id: UInt64 = 1
        while topics.reduce(0, { $0 + $1.history.memory }) < Self.bytesMax * 8 / 10 {
            for topic in topics { append(id...id, to: topic) }
            id += 1
        }
        append(1...1000, to: try fixture.trades())
        for _ in 0..<10 { nextStep() }
        #expect(!fixture.hub.historyBudget.isStepping && metrics.cutEvents.value == 0)
        append(1001...1001, to: try fixture.trades())
        #expect(!fixture.hub.historyBudget.isStepping)
        fixture.turn.advance(.milliseconds(900))
        append(1002...1002, to: try fixture.trades())
        #expect(!fixture.hub.historyBudget.isStepping)
        fixture.turn.advance(.milliseconds(200))
        append(1003...1003, to: try fixture.trades())
        #expect(fixture.hub.historyBudget.isStepping)
    }

    @Test func `however many topics there are, a step looks at some of them`() throws {
        let count = HistoryBudget.looksPerStep
        // Each has two topics with events.
        for index in 0..<count / 2 { _ = try fixture.trades("trade:binance:A\(index)/USDT") }
        let busy = try fixture.trades()
        append(1...10_000, to: busy)
        for _ in 0..<10 { nextStep() }
        fixture.turn.advance(.seconds(2))
        append(10_001...10_001, to: busy)
        // Measured were those before it; then it is, then those before it are cut.
        for _ in 0..<2 {
            nextStep()
            #expect(metrics.cutEvents.value == 0)
        }
        nextStep()
        #expect(metrics.cutEvents.value > 0)
        for _ in 0..<10 { nextStep() }
        #expect(busy.history.memory <= Self.bytesMax * 3 / 4)
    }

    @Test func `who filters is told how far he is before it is cut off`() throws {
        let busy = try fixture.trades()
        append(1...1, to: busy)
        let session = try wantingOtherTrades(of: busy)
        live(200, busy)
        #expect(metrics.cutEvents.value > 0 && gaps.isEmpty)
        let told = try #require(sink.updates.last?.sequence)
        #expect(told >= busy.history.range.lowerBound - 1)
        session.end()
    }

    @Test func `who is told how far he is was not told of something old`() throws {
        let old = try fixture.trades()
        append(1...1, to: old)
        let session = try wantingOtherTrades(of: old)
        append(2...1000, to: old)
        let before = sink.updates.count
        fixture.turn.advance(.seconds(3600))
        let busy = try fixture.trades("trade:binance:ETH/USDT")
        append(1...1000, to: busy)
        for _ in 0..<10 { nextStep() }
        #expect(metrics.cutEvents.value > 0 && sink.updates.count > before)
        #expect(metrics.sent.sumNanoseconds < 1_000_000_000)
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
        for _ in 0..<10 { nextStep() }
        #expect(metrics.cutEvents.value == 0)
        fixture.hub.takeCensus()
        #expect(Int(metrics.historyBytes.value) == stays.history.memory)
    }
}
