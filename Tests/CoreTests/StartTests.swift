import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

/// Where in the past a subscription of events begins.
@Suite struct StartTests {
    let fixture = HubFixture(eventsPerTopicMax: 8)
    let topic: EventTopic

    init() throws { topic = try fixture.trades() }

    /// One a second, each in its own turn; returns when the first was published.
    @discardableResult
    func append(_ count: Int) -> Timestamp {
        let time = fixture.turn.now
        for _ in 0..<count {
            topic.append(
                Market.Trade(
                    id: topic.history.range.upperBound, price: decimal("1.5"),
                    quantity: decimal("2"),
                    side: .buy,
                    firstID: nil, lastID: nil), eventTime: .unknown, receiveTime: .unknown)
            fixture.turn.end()
            fixture.turn.advance(.seconds(1))
        }
        return time
    }

    /// What a subscriber who begins so is sent: sequences, and gaps as ranges.
    func sent(
        _ start: SubscriptionOptions.Start?
    ) -> (point: StartingPoint, events: [UInt64], gap: ClosedRange<UInt64>?) {
        let sink = FakeSink()
        let session = Session(codec: .protobuf, sink: sink)
        var options = SubscriptionOptions()
        options.start = start
        let (_, point) = session.add(topic, options, resumeAt: nil)
        session.becameWritable()
        session.end()
        var gap: ClosedRange<UInt64>?
        var events: [UInt64] = []
        for update in sink.updates {
            if case .gap(let told)? = update.payload {
                gap = told.fromSequence!...told.toSequence!
            } else {
                events.append(update.sequence!)
            }
        }
        return (point, events, gap)
    }

    @Test func `from a sequence that is held it begins with that`() {
        append(5)  // The first makes the topic live: sequence 1.
        let (point, events, gap) = sent(.sequence(3))
        #expect(events == [3, 4, 5, 6] && gap == nil)
        #expect(point.firstSequence == 3)
        guard case .events = point.follows else { return #expect(Bool(false)) }
    }

    @Test func `from the next sequence it is live, from later ones it is refused`() throws {
        append(3)
        #expect(sent(.sequence(5)).events.isEmpty)
        try topic.check(.sequence(5))
        let refusal = #expect(throws: TopicRefusal.self) { try topic.check(.sequence(6)) }
        #expect(refusal?.reason == .malformed)
        #expect(refusal?.message.contains("allowed: 1 to 5") == true)
    }

    @Test func `from a sequence that is gone it begins with the gap`() {
        append(12)
        let (point, events, gap) = sent(.sequence(2))
        #expect(gap == 2...5 && events == Array(6...13))
        guard case .gap = point.follows else { return #expect(Bool(false)) }
        #expect(point.firstSequence == 6)
        #expect(sent(.sequence(6)).gap == nil)
    }

    @Test func `from an instant it begins with what was published then or later`() {
        let first = append(5)
        #expect(sent(.time(first)).events == Array(1...6))
        var later = first
        later.nanoseconds += 2_000_000_000
        #expect(sent(.time(later)).events == [4, 5, 6])
        later.nanoseconds += 1
        #expect(sent(.time(later)).events == [5, 6])
        #expect(sent(.time(fixture.turn.now)).events.isEmpty)
    }

    @Test func `from an instant that may be before what is held, all that is gone is a gap`() {
        append(12)
        let oldest = topic.history[topic.history.range.lowerBound]!.publishTime
        #expect(sent(.time(oldest)).gap == 1...5)
        #expect(sent(.time(oldest)).events == Array(6...13))
        var later = oldest
        later.nanoseconds += 1
        #expect(sent(.time(later)).gap == nil)
        #expect(sent(.time(later)).events == Array(7...13))
    }

    @Test func `the last events are counted without statuses`() {
        append(3)
        topic.setStatus(.stale)
        append(1)
        // 1 live, 2 3 4 events, 5 stale, 6 live, 7 event.
        #expect(sent(.count(1)).events == [7])
        #expect(sent(.count(2)).events == [4, 5, 6, 7])
        #expect(sent(.count(100)).events == Array(1...7))
        #expect(sent(.count(100)).gap == nil)
    }

    @Test func `of more events than are held, the missing ones are a gap`() {
        append(12)
        #expect(sent(.count(8)).gap == nil && sent(.count(8)).events == Array(6...13))
        #expect(sent(.count(10)).gap == 4...5)
        #expect(sent(.count(10)).events == Array(6...13))
        #expect(sent(.count(9999)).gap == 1...5)
    }

    @Test func `an empty topic begins with its first event, whatever is asked`() {
        for start: SubscriptionOptions.Start in [
            .sequence(1), .count(5), .time(fixture.turn.now), .live, .latest,
        ] { #expect(sent(start).events.isEmpty && sent(start).gap == nil) }
    }

    @Test func `a state topic keeps no past`() throws {
        let tick = try fixture.tick()
        for start: SubscriptionOptions.Start in [.sequence(1), .count(5), .time(fixture.turn.now)] {
            let refusal = #expect(throws: TopicRefusal.self) { try tick.check(start) }
            #expect(refusal?.message.contains("START_LATEST, START_LIVE, or a position") == true)
        }
        for start: SubscriptionOptions.Start? in [nil, .latest, .live] { try tick.check(start) }
    }

    @Test func `events that caught a subscriber up are counted, statuses and gaps are not`() {
        append(12)
        topic.setStatus(.stale)
        fixture.turn.end()
        let sink = FakeSink()
        let session = Session(codec: .protobuf, sink: sink)
        var options = SubscriptionOptions()
        options.start = .sequence(1)
        let (subscription, _) = session.add(topic, options, resumeAt: nil)
        session.becameWritable()
        #expect(subscription.eventsSent == 7)
        session.end()
    }

    // MARK: Pages

    func page(
        _ start: SubscriptionOptions.Start? = nil, to last: UInt64? = nil,
        before end: Timestamp? = nil, events: Int = 1000, bytes: Int = 1 << 20
    ) -> (sequences: [UInt64], next: UInt64?, gone: [UInt64?]?) {
        var wish = HistoryWish()
        (wish.start, wish.lastSequence, wish.endTime) = (start, last, end)
        (wish.eventsMax, wish.bytesMax) = (events, bytes)
        let page = topic.page(wish)
        let gone = page.gone.map { [$0.fromSequence, $0.toSequence] }
        return (page.events.compactMap(\.sequence), page.nextSequence, gone)
    }

    @Test func `a page holds the range, and says what of it is gone`() {
        append(12)
        #expect(page().sequences == Array(6...13) && page().gone == nil && page().next == nil)
        #expect(page(.sequence(9), to: 11).sequences == [9, 10, 11])
        #expect(page(.sequence(3), to: 7).sequences == [6, 7])
        #expect(page(.sequence(3), to: 7).gone == [3, 5])
        #expect(
            page(.sequence(2), to: 4).sequences == [] && page(.sequence(2), to: 4).gone == [2, 4])
        #expect(page(.count(2)).sequences == [12, 13])
        #expect(page(.sequence(99)).sequences == [])
        let time = topic.history[9]!.publishTime
        #expect(
            page(.time(time), before: topic.history[12]!.publishTime).sequences == [9, 10, 11])
        #expect(page(before: time).sequences == [6, 7, 8])
    }

    @Test func `pages follow each other without a hole or a repeat`() {
        append(12)
        for events in 1...9 {
            var (next, all): (UInt64?, [UInt64]) = (6, [])
            while let start = next {
                let (sequences, following, gone) = page(.sequence(start), events: events)
                #expect(sequences.count <= events && gone == nil)
                all += sequences
                next = following
            }
            #expect(all == Array(6...13))
        }
    }

    @Test func `bytes end a page, but one event always fits`() {
        append(12)
        let one = topic.history[6]!.size
        #expect(page(bytes: 1).sequences == [6] && page(bytes: 1).next == 7)
        #expect(page(bytes: 2 * one).sequences == [6, 7])
        #expect(page(bytes: 2 * one - 1).sequences == [6])
    }

    @Test func `what could be replayed is told as it is`() throws {
        let empty = topic.replayInfo(named: "x")
        #expect(empty.events == 0 && empty.firstSequence == 1 && empty.lastSequence == 0)
        #expect(empty.firstTime == nil && empty.lastTime == nil)
        append(12)
        let info = topic.replayInfo(named: "x")
        #expect(info.name == "x" && info.epoch == topic.position.epoch)
        #expect(info.firstSequence == 6 && info.lastSequence == 13 && info.events == 8)
        #expect(info.bytes == UInt64(8 * topic.history[6]!.size) && info.eventsMax == 8)
        let span = try #require(info.lastTime) - (try #require(info.firstTime))
        #expect(span == 7_000_000_000)
    }
}
