import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

@Suite struct AccountingTests {
    private let fixture = HubFixture()
    private let sink = FakeSink()
    private let deaf = DeafSink()
    private var metrics: HubMetrics { fixture.hub.metrics }

    private func apply(_ count: Int) throws {
        for step in 0..<count {
            try fixture.tick().apply(tick("100.\(step + 1)", "200"), UInt64(step + 1))
            fixture.turn.end()
        }
    }

    @Test func `deltas and protobuf save what snapshots and JSON would have taken`() throws {
        let session = fixture.subscribe(try fixture.tick(), to: sink)
        try apply(10)
        #expect(metrics.deliveries.value == 10)
        // The first publication brought every field; all others brought one of four.
        let saved = metrics.savedByDelta.value
        #expect(saved > 0 && saved < metrics.deliveredBytes.value)
        #expect(metrics.savedByCodec.value > metrics.deliveredBytes.value / 2)
        session.end()
    }

    @Test func `an audience's first three publications are not measured`() throws {
        let session = fixture.subscribe(try fixture.tick(), to: sink)
        try apply(3)
        #expect(metrics.savedByDelta.value == 0 && metrics.savedByCodec.value == 0)
        try apply(4)
        #expect(metrics.savedByDelta.value > 0 && metrics.savedByCodec.value > 0)
        session.end()
    }

    @Test func `events save nothing by deltas, but by their codec`() throws {
        let topic = fixture.hub.addEventTopic(named: "bench:0")
        fixture.turn.end()
        let session = fixture.subscribe(topic, to: sink)
        for _ in 0..<10 {
            topic.append([UInt8](repeating: 7, count: 300))
            fixture.turn.end()
        }
        // JSON has four letters for three bytes.
        let bytes = metrics.deliveredBytes.value
        #expect(metrics.deliveries.value == 10 && metrics.savedByDelta.value == 0)
        #expect(metrics.savedByCodec.value > bytes / 5 && metrics.gaps.value == 0)
        session.end()
    }

    @Test func `what a filter kept back counts as saved by no codec`() throws {
        let topic = try fixture.trades()
        let session = Session(codec: .json, sink: deaf)
        _ = session.add(
            topic, try FilteredTopicTests.options("side == sell", for: topic), resumeAt: nil)
        session.becameWritable()
        for id in 1...300 as ClosedRange<UInt64> {
            let trade = Market.Trade(
                id: id, price: decimal("1.5"), quantity: decimal("2"),
                side: id.isMultiple(of: 30) ? .sell : .buy, firstID: nil, lastID: nil)
            topic.append(trade, eventTime: .unknown, receiveTime: .unknown)
            fixture.turn.end()
        }
        #expect(metrics.deliveries.value >= 10 && metrics.savedByCodec.value == 0)
        session.end()
    }

    @Test func `a gap that is measured, too, is counted once`() throws {
        var limits = HubLimits()
        limits.eventsPerTopicMax = 2
        let fixture = HubFixture(limits: limits)
        let topic = fixture.hub.addEventTopic(named: "bench:0")
        fixture.turn.end()
        let session = fixture.subscribe(topic, to: sink)
        for _ in 0..<10 {
            for _ in 0..<5 { topic.append([1]) }
            fixture.turn.end()
        }
        #expect(fixture.hub.metrics.gaps.value == 10)
        session.end()
    }

    @Test func `JSON saves nothing by its codec`() throws {
        let session = Session(codec: .json, sink: deaf)
        _ = session.add(try fixture.tick(), resumeAt: nil)
        session.becameWritable()
        try apply(6)
        #expect(metrics.deliveries.value == 6)
        #expect(metrics.savedByCodec.value == 0 && metrics.savedByDelta.value > 0)
        session.end()
    }

    @Test func `what stands for many updates at once is counted for who was behind, too`() throws {
        let session = fixture.subscribe(try fixture.tick(), to: sink)
        try apply(2)
        let before = (metrics.deliveries.value, metrics.caughtUpBytes.value)
        sink.isBlocked = true
        try apply(12)
        #expect(metrics.conflated.value == 0)
        sink.isBlocked = false
        session.becameWritable()
        // One delta in place of all that changed since.
        let behind = try fixture.tick().position.sequence - 2
        #expect(metrics.conflated.value == behind - 1)
        #expect(metrics.deliveries.value == before.0)
        #expect(metrics.caughtUpBytes.value > before.1)
        session.end()
    }

    @Test func `updates that a later one stands for are conflated`() throws {
        let session = Session(codec: .protobuf, sink: sink)
        var options = SubscriptionOptions()
        options.rate = .ui
        _ = session.add(try fixture.tick(), options, resumeAt: nil)
        session.becameWritable()
        try apply(5)
        #expect(metrics.conflated.value == 0)
        fixture.turn.advance(.seconds(1))
        // The first was told at once, and the other four with one tick.
        #expect(metrics.deliveries.value == 2 && metrics.conflated.value == 3)
        session.end()
    }

    @Test func `the stages of an update are measured where its times are known`() throws {
        let session = fixture.subscribe(try fixture.tick(), to: sink)
        let now = fixture.turn.now
        func before(_ milliseconds: Int64) -> Timestamp {
            Timestamp(nanoseconds: now.nanoseconds - milliseconds * 1_000_000)
        }
        try fixture.tick().apply(
            tick("1", "2"), venueSequence: 1, eventTime: before(30), receiveTime: before(10))
        fixture.turn.end()
        #expect(metrics.received.sumNanoseconds == 20_000_000)
        #expect(metrics.published.sumNanoseconds == 10_000_000)
        #expect(metrics.sent.cumulative.all == 1)
        try apply(1)
        #expect(metrics.received.cumulative.all == 1 && metrics.sent.cumulative.all == 2)
        session.end()
    }

    @Test func `who is behind is counted, and for how long, until it is not`() throws {
        let session = fixture.subscribe(try fixture.tick(), to: sink)
        sink.isBlocked = true
        try apply(1)
        fixture.turn.advance(.milliseconds(1500))
        fixture.hub.takeCensus()
        #expect(metrics.behind.value == 1 && metrics.oldestBehind.value == 1_500_000_000)
        sink.isBlocked = false
        session.becameWritable()
        fixture.hub.takeCensus()
        #expect(metrics.behind.value == 0 && metrics.oldestBehind.value == 0)
        session.end()
    }

    @Test func `a session that ends is behind no more`() throws {
        let session = fixture.subscribe(try fixture.tick(), to: sink)
        sink.isBlocked = true
        try apply(1)
        session.end()
        fixture.hub.takeCensus()
        #expect(metrics.behind.value == 0 && fixture.hub.waiting.isEmpty)
    }

    @Test func `nor one that ends by what it is offered`() throws {
        let session = fixture.subscribe(try fixture.tick(), to: sink)
        try apply(1)
        sink.isBlocked = true
        sink.onRefusal = { session.end() }
        try apply(2)
        #expect(session.isEnded && fixture.hub.waiting.isEmpty)
        sink.onRefusal = {}
    }
}

/// Takes everything and understands nothing.
private final class DeafSink: FrameSink {
    func offer(_ frames: RawSpan) -> Bool { true }
    func enqueue(_ frames: RawSpan) {}
}
