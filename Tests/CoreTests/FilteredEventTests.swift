import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

/// A filter selects events; what it skips is covered, never silent and never a `Gap`.
@Suite struct FilteredEventTests {
    let fixture = HubFixture(eventsPerTopicMax: 16)
    let topic: EventTopic
    let sink = FakeSink()
    static let filter = "quantity >= 5"

    init() throws {
        topic = try fixture.trades()
        topic.setStatus(.live)
        fixture.turn.end()
    }

    func append(_ quantities: Int64...) {
        for quantity in quantities {
            topic.append(
                Market.Trade(
                    id: topic.history.range.upperBound, price: decimal("1.5"),
                    quantity: Decimal(mantissa: quantity, exponent: 0), side: .buy, firstID: nil,
                    lastID: nil), eventTime: .unknown, receiveTime: .unknown)
        }
        fixture.turn.end()
    }

    func subscribe(
        at position: Position? = nil, start: SubscriptionOptions.Start? = nil, rate: Rate? = nil
    ) throws -> (session: Session, subscription: Subscription) {
        let session = Session(codec: .protobuf, sink: sink)
        var options = try FilteredTopicTests.options(Self.filter, for: topic, rate: rate)
        options.start = start
        let (subscription, _) = session.add(topic, options, resumeAt: position)
        session.becameWritable()
        return (session, subscription)
    }

    /// (base, sequence] of each update.
    var ranges: [[UInt64]] {
        sink.updates.map { [$0.baseSequence ?? $0.sequence! - 1, $0.sequence!] }
    }

    @Test func `the base of what passes covers what was skipped`() throws {
        let (session, subscription) = try subscribe()
        append(1, 2)
        #expect(sink.updates.isEmpty && !subscription.isBehind)
        append(5, 1, 1, 6, 2)
        #expect(ranges == [[1, 4], [4, 7]])
        #expect(subscription.sent?.sequence == 7)
        session.end()
    }

    @Test func `gaps and statuses pass`() throws {
        let (session, _) = try subscribe()
        append(1)
        topic.gap(from: 7, to: 9)
        topic.setStatus(.stale)
        fixture.turn.end()
        #expect(ranges == [[1, 3], [3, 4]])
        session.end()
    }

    @Test func `who resumes gets what passed, and one word on what did not`() throws {
        let base = topic.position
        append(1, 5, 1, 1)
        let (session, subscription) = try subscribe(at: base)
        #expect(ranges == [[1, 3], [3, 5]])
        #expect(sink.updates[1].payload == nil && sink.updates[1].status == nil)
        #expect(subscription.sent == topic.position && subscription.isCaughtUp)
        append(6)
        #expect(ranges.last == [5, 6])
        session.end()
    }

    @Test func `who comes while others lag joins them at the next event`() throws {
        let (one, first) = try subscribe()
        append(1, 1)
        let other = FakeSink()
        let session = Session(codec: .protobuf, sink: other)
        let (second, _) = session.add(
            topic, try FilteredTopicTests.options(Self.filter, for: topic), resumeAt: nil)
        session.becameWritable()
        #expect(second.audience === first.audience && other.updates.isEmpty)
        append(1, 5)
        #expect(other.updates.map(\.baseSequence) == [3])
        append(7)
        #expect(other.updates.compactMap(\.sequence) == [5, 6])
        #expect(ranges == [[1, 5], [5, 6]])
        for session in [one, session] { session.end() }
    }

    @Test func `a long silence is told now and then, so that its position does not expire`() throws
    {
        let (session, subscription) = try subscribe()
        for _ in 0..<40 { append(1) }
        // A quarter of the ring each.
        #expect(ranges.count == 10)
        #expect(sink.updates.allSatisfy { $0.payload == nil && $0.status == nil })
        let sent = try #require(subscription.sent)
        session.end()
        let (second, _) = try subscribe(at: sent)
        append(5)
        #expect(
            !sink.updates.contains { if case .gap? = $0.payload { true } else { false } })
        second.end()
    }

    @Test func `many events in one turn that do not pass are no gap`() throws {
        let (session, subscription) = try subscribe()
        for _ in 0..<3 { append(1) }
        append(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5)
        #expect(ranges == [[1, 15]] || ranges == [[1, 5], [5, 15]])
        #expect(subscription.sent == topic.position)
        session.end()
    }

    @Test func `who is too slow for what passes is told the gap`() throws {
        let (session, _) = try subscribe()
        sink.isBlocked = true
        append(5)
        for _ in 0..<30 { append(1) }
        append(6)
        sink.isBlocked = false
        session.becameWritable()
        guard case .gap(let gap)? = sink.updates.first?.payload else {
            throw LifeError(text: "no gap")
        }
        #expect(gap.reason == .expired && gap.fromSequence == 2)
        #expect(sink.updates.last?.sequence == topic.position.sequence)
        session.end()
    }

    @Test func `a batch of a rate holds what passed, and counts it`() throws {
        let (session, subscription) = try subscribe(rate: .ui)
        append(5)
        append(1, 6, 1)
        append(7)
        fixture.turn.advance(.seconds(1))
        #expect(ranges == [[1, 2], [2, 4], [4, 6]])
        #expect(subscription.sent == topic.position)
        session.end()
    }
}
