import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

/// Equal catch-ups are made once.
@Suite struct SharedCatchUpTests {
    private static let crowd = 50

    private func apply(_ fixture: HubFixture, _ bid: String) throws {
        try fixture.tick().apply(tick(bid, "200"), 1)
        fixture.turn.end()
    }

    /// How many were made and how many shared since the last look.
    private func look(_ fixture: HubFixture, _ seen: inout (UInt64, UInt64)) -> [UInt64] {
        let metrics = fixture.hub.metrics
        let now = (metrics.madeCatchUps.value, metrics.sharedCatchUps.value)
        defer { seen = now }
        return [now.0 - seen.0, now.1 - seen.1]
    }

    @Test func `all who are new in a turn share one snapshot, and those of the next turn another`()
        throws
    {
        let fixture = HubFixture()
        try apply(fixture, "100")
        let sinks = (0..<2 * Self.crowd).map { _ in FakeSink() }
        var (sessions, seen): ([Session], (UInt64, UInt64)) = ([], (0, 0))
        for half in [sinks[..<Self.crowd], sinks[Self.crowd...]] {
            for sink in half { sessions.append(fixture.subscribe(try fixture.tick(), to: sink)) }
            fixture.turn.end()
            #expect(look(fixture, &seen) == [1, UInt64(Self.crowd) - 1])
            #expect(fixture.hub.sharedCatchUps.bytes == 0)
        }
        for sink in sinks { #expect(sink.updates == sinks[0].updates && sink.updates.count == 1) }
        for session in sessions { session.end() }
    }

    @Test func `all who resume at one position share one delta, at another position another`()
        throws
    {
        let fixture = HubFixture()
        for bid in ["100", "101", "102"] { try apply(fixture, bid) }
        let topic = try fixture.tick()
        var (sessions, seen): ([Session], (UInt64, UInt64)) = ([], (0, 0))
        let sinks = (0..<Self.crowd).map { _ in FakeSink() }
        for (index, sink) in sinks.enumerated() {
            let at = Position(epoch: topic.position.epoch, sequence: UInt64(1 + index % 2))
            sessions.append(fixture.subscribe(topic, to: sink, resumeAt: at))
        }
        #expect(look(fixture, &seen) == [2, UInt64(Self.crowd) - 2])
        for (index, sink) in sinks.enumerated() {
            #expect(sink.updates.map(\.baseSequence) == [UInt64(1 + index % 2)])
            #expect(sink.updates.map(\.sequence) == [3])
        }
        for session in sessions { session.end() }
    }

    @Test func `what changes within the turn is not answered with what was before`() throws {
        let fixture = HubFixture()
        try apply(fixture, "100")
        let topic = try fixture.tick()
        let (first, second) = (FakeSink(), FakeSink())
        let sessions = [first, second].map { sink in
            defer { topic.apply(tick(sink === first ? "101" : "102", "200"), 1) }
            return fixture.subscribe(topic, to: sink)
        }
        fixture.turn.end()
        #expect(first.updates.map(\.sequence) == [1, 2, 3])
        #expect(second.updates.map(\.sequence) == [2, 3])
        for session in sessions { session.end() }
    }

    @Test func `fields, rates and filters of one's own are answered by themselves`() throws {
        let fixture = HubFixture()
        try apply(fixture, "100")
        var (sessions, seen): ([Session], (UInt64, UInt64)) = ([], (0, 0))
        let sinks = (0..<4).map { _ in FakeSink() }
        for (index, sink) in sinks.enumerated() {
            let session = Session(codec: .protobuf, sink: sink)
            var options = SubscriptionOptions()
            if index % 2 == 1 { options.fields = [.bidPrice] }
            _ = session.add(try fixture.tick(), options, resumeAt: nil)
            session.becameWritable()
            sessions.append(session)
        }
        #expect(look(fixture, &seen) == [2, 2])
        #expect(sinks[0].updates == sinks[2].updates && sinks[1].updates == sinks[3].updates)
        #expect(sinks[0].updates != sinks[1].updates)
        for session in sessions { session.end() }
    }

    @Test func `beyond its bytes nothing is kept, and everybody is answered all the same`() throws {
        for (bytesMax, expected) in [(0, [10, 0]), (1 << 20, [1, 9])] as [(Int, [UInt64])] {
            var limits = HubLimits()
            limits.sharedCatchUpBytesMax = bytesMax
            let fixture = HubFixture(limits: limits)
            try apply(fixture, "100")
            var (sessions, seen): ([Session], (UInt64, UInt64)) = ([], (0, 0))
            let sinks = (0..<10).map { _ in FakeSink() }
            for sink in sinks { sessions.append(fixture.subscribe(try fixture.tick(), to: sink)) }
            #expect(look(fixture, &seen) == expected)
            #expect(fixture.hub.sharedCatchUps.bytes <= bytesMax)
            for sink in sinks { #expect(sink.updates.count == 1) }
            for session in sessions { session.end() }
        }
    }

    @Test func `events that a crowd missed are put together once, a gap for each`() throws {
        let fixture = HubFixture()
        let topic = try fixture.trades()
        for id in UInt64(1)...3 {
            topic.append(
                Market.Trade(
                    id: id, price: decimal("1.5"), quantity: decimal("2"), side: .buy, firstID: nil,
                    lastID: nil), eventTime: .unknown, receiveTime: .unknown)
            fixture.turn.end()
        }
        var (sessions, seen): ([Session], (UInt64, UInt64)) = ([], (0, 0))
        let sinks = (0..<Self.crowd).map { _ in FakeSink() }
        let at = Position(epoch: topic.position.epoch, sequence: 1)
        for sink in sinks { sessions.append(fixture.subscribe(topic, to: sink, resumeAt: at)) }
        #expect(look(fixture, &seen) == [1, UInt64(Self.crowd) - 1])
        for sink in sinks {
            #expect(sink.updates == sinks[0].updates)
            #expect(sink.updates.map(\.sequence) == [2, 3, 4])
        }
        fixture.turn.end()
        let lost = Position(epoch: topic.position.epoch &+ 1, sequence: 1)
        let late = (0..<3).map { _ in FakeSink() }
        let gaps = fixture.hub.metrics.gaps.value
        for sink in late { sessions.append(fixture.subscribe(topic, to: sink, resumeAt: lost)) }
        #expect(fixture.hub.metrics.gaps.value == gaps + 3)
        for session in sessions { session.end() }
    }

    private func trade(_ id: UInt64) -> Market.Trade {
        Market.Trade(
            id: id, price: decimal("1.5"), quantity: decimal("2"), side: .buy, firstID: nil,
            lastID: nil)
    }

    @Test func `helpings of the past serve who comes from elsewhere, and in later turns`() throws {
        let fixture = HubFixture()
        let topic = try fixture.trades()
        for id in UInt64(1)...999 {
            topic.append(trade(id), eventTime: .unknown, receiveTime: .unknown)
        }
        fixture.turn.end()
        #expect(topic.position.sequence == 1000)
        var (sessions, seen): ([Session], (UInt64, UInt64)) = ([], (0, 0))
        func resume(at sequence: UInt64) -> [UInt64] {
            let sink = FakeSink()
            let at = Position(epoch: topic.position.epoch, sequence: sequence)
            sessions.append(fixture.subscribe(topic, to: sink, resumeAt: at))
            #expect(sink.updates.map(\.sequence) == Array(sequence + 1...1000))
            fixture.turn.end()
            return look(fixture, &seen)
        }
        // To 256, 512, 768 and the end.
        #expect(resume(at: 10) == [4, 0])
        #expect(resume(at: 20) == [2, 2])
        #expect(resume(at: 10) == [1, 3])
        #expect(resume(at: 255) == [2, 2] && resume(at: 256) == [1, 2])
        #expect(fixture.hub.sharedCatchUps.bytes > 0)
        fixture.hub.takeCensus()
        #expect(fixture.hub.sharedCatchUps.bytes == 0)
        #expect(resume(at: 10) == [4, 0])
        for session in sessions { session.end() }
    }

    @Test func `what the ring has lost is one gap, however many helpings it would be`() throws {
        let fixture = HubFixture(eventsPerTopicMax: 100)
        let topic = try fixture.trades()
        for id in UInt64(1)...2000 {
            topic.append(trade(id), eventTime: .unknown, receiveTime: .unknown)
        }
        fixture.turn.end()
        let sink = FakeSink()
        let session = fixture.subscribe(
            topic, to: sink, resumeAt: Position(epoch: topic.position.epoch, sequence: 5))
        let gaps = sink.updates.compactMap { update in
            if case .gap(let gap)? = update.payload { gap } else { nil }
        }
        #expect(gaps.map(\.fromSequence) == [6] && gaps.map(\.toSequence) == [1901])
        #expect(sink.updates.dropFirst().map(\.sequence) == Array(1902...2001))
        session.end()
    }

    @Test func `who is told of a gap gets one, though others have just had the events`() throws {
        let fixture = HubFixture(eventsPerTopicMax: 300)
        let topic = try fixture.trades()
        func append(_ ids: ClosedRange<UInt64>) {
            for id in ids {
                topic.append(trade(id), eventTime: .unknown, receiveTime: .unknown)
            }
            fixture.turn.end()
        }
        append(1...299)
        var (sessions, seen): ([Session], (UInt64, UInt64)) = ([], (0, 0))
        let at = Position(epoch: topic.position.epoch, sequence: 10)
        let (early, late) = (FakeSink(), FakeSink())
        sessions.append(fixture.subscribe(topic, to: early, resumeAt: at))
        #expect(look(fixture, &seen) == [2, 0])
        append(300...399)
        sessions.append(fixture.subscribe(topic, to: late, resumeAt: at))
        #expect(look(fixture, &seen) == [2, 0])
        #expect(early.updates.map(\.sequence) == Array(11...400))
        let first = late.updates.first
        guard case .gap(let gap)? = first?.payload else { return #expect(Bool(false), "no gap") }
        #expect(gap.fromSequence == 11 && gap.toSequence == 100)
        #expect(late.updates.dropFirst().map(\.sequence) == Array(101...400))
        for session in sessions { session.end() }
    }
}
