import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

@Suite struct EventTopicTests {
    let fixture = HubFixture(eventsPerTopicMax: 8)

    private func trade(_ id: UInt64) -> Market.Trade {
        Market.Trade(
            id: id, price: decimal("1.5"), quantity: decimal("2"), side: .buy, firstID: nil,
            lastID: nil)
    }

    private func append(_ ids: ClosedRange<UInt64>, to topic: EventTopic) {
        for id in ids { topic.append(trade(id), eventTime: .unknown, receiveTime: .unknown) }
        fixture.turn.end()
    }

    private func ids(_ sink: FakeSink) -> [UInt64?] {
        sink.updates.map {
            if case .trade(let trade)? = $0.payload { return trade.id }
            return nil
        }
    }

    @Test func `every event of a turn arrives once and in order`() throws {
        let topic = try fixture.trades()
        append(1...2, to: topic)
        let sink = FakeSink()
        let session = fixture.subscribe(topic, to: sink)
        append(3...6, to: topic)
        #expect(ids(sink) == [3, 4, 5, 6])
        let sequences = sink.updates.compactMap(\.sequence)
        #expect(zip(sequences, sequences.dropFirst()).allSatisfy { $0 + 1 == $1 })
        session.end()
    }

    @Test func `an event that is larger than the history is lost, for all alike`() throws {
        var limits = HubLimits()
        limits.eventBytesPerTopicMax = 1000
        let fixture = HubFixture(limits: limits)
        let topic = fixture.hub.addEventTopic(named: "bench:0")
        fixture.turn.end()
        let (live, late) = (FakeSink(), FakeSink())
        let sessions = [live, late].map { fixture.subscribe(topic, to: $0) }
        late.isBlocked = true
        for size in [10, 2000, 10] {
            topic.append([UInt8](repeating: 1, count: size))
            fixture.turn.end()
        }
        late.isBlocked = false
        sessions[1].becameWritable()
        let lost = Gap(reason: .expired, fromSequence: 3, toSequence: 3)
        #expect(live.updates.compactMap(\.sequence) == [2, 3, 4])
        #expect(live.updates[1].payload == .gap(lost))
        #expect(late.updates.last?.sequence == 4)
        #expect(late.updates.contains { $0.payload == .gap(lost) } == (late.updates.count == 3))
        for session in sessions { session.end() }
    }

    @Test(arguments: [1, 2, 8, 9, 100] as [UInt64])
    func `every message of a turn is counted, and a gap is one`(count: UInt64) throws {
        let topic = try fixture.trades()
        append(1...1, to: topic)
        let sink = FakeSink()
        let session = fixture.subscribe(topic, to: sink)
        append(2...count + 1, to: topic)
        #expect(sink.updates.count == min(Int(count), 9))
        #expect(sink.messagesCounted == sink.updates.count)
        session.end()
    }

    @Test func `a slow reader gets what it missed from the ring`() throws {
        let topic = try fixture.trades()
        append(1...1, to: topic)
        let sink = FakeSink()
        let session = fixture.subscribe(topic, to: sink)
        sink.isBlocked = true
        append(2...4, to: topic)
        append(5...6, to: topic)
        #expect(sink.updates.isEmpty)
        sink.isBlocked = false
        session.becameWritable()
        #expect(ids(sink) == [2, 3, 4, 5, 6])
        session.end()
    }

    @Test func `who falls off the ring is told which sequences are gone`() throws {
        let topic = try fixture.trades()
        append(1...1, to: topic)
        let from = topic.position.sequence
        let sink = FakeSink()
        let session = fixture.subscribe(topic, to: sink)
        sink.isBlocked = true
        append(2...40, to: topic)
        sink.isBlocked = false
        session.becameWritable()
        guard case .gap(let gap)? = sink.updates.first?.payload else {
            Issue.record("no gap")
            return
        }
        #expect(gap.reason == .expired)
        #expect(gap.fromSequence == from + 1)
        let first = try #require(sink.updates.dropFirst().first?.sequence)
        #expect(gap.toSequence == first - 1)
        #expect(ids(sink).last == 40)
        session.end()
    }

    @Test func `a venue's loss is an event of its own`() throws {
        let topic = try fixture.trades()
        append(1...1, to: topic)
        let sink = FakeSink()
        let session = fixture.subscribe(topic, to: sink)
        topic.gap(from: 2, to: 4)
        append(5...5, to: topic)
        guard case .gap(let gap)? = sink.updates.first?.payload else {
            Issue.record("no gap")
            return
        }
        #expect(gap.reason == .venueLoss && gap.fromID == 2 && gap.toID == 4)
        #expect(ids(sink).last == 5)
        session.end()
    }

    @Test func `an epoch that is gone is a gap, not silence`() throws {
        let topic = try fixture.trades()
        append(1...3, to: topic)
        let sink = FakeSink()
        let foreign = Position(epoch: topic.position.epoch ^ 1, sequence: 2)
        fixture.subscribe(topic, to: sink, resumeAt: foreign).end()
        guard case .gap(let gap)? = sink.updates.first?.payload else {
            Issue.record("no gap")
            return
        }
        #expect(gap.reason == .newEpoch)
    }

    @Test func `resume continues with the next event`() throws {
        let topic = try fixture.trades()
        append(1...2, to: topic)
        let known = topic.position
        append(3...5, to: topic)
        let sink = FakeSink()
        fixture.subscribe(topic, to: sink, resumeAt: known).end()
        #expect(ids(sink) == [3, 4, 5])
    }
}
