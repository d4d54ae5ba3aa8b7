import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

/// Event topics that go on in another hub.
@Suite struct HandoverEventTests {
    static let names = ["trade:binance:BTC/USDT", "aggtrade:binance:BTC/USDT"]

    /// Every position of the old topic gives the same events in both hubs.
    private func compare(
        _ old: HubFixture, _ topic: EventTopic, _ new: HubFixture, _ heir: EventTopic
    ) {
        #expect(heir.position == topic.position)
        for sequence in 0...topic.position.sequence {
            let position = Position(epoch: topic.position.epoch, sequence: sequence)
            let updates = new.updates(of: heir, after: position)
            #expect(updates == old.updates(of: topic, after: position), "after \(sequence)")
        }
    }

    @Test(arguments: names)
    func `every position of the predecessor gives exactly its events`(name: String) throws {
        let (old, new) = (HubFixture(), HubFixture())
        let topic = try old.trades(name)
        old.trade(1...3, topic)
        topic.setStatus(.stale)
        old.turn.end()
        topic.gap(from: 4, to: 6)
        old.trade(7...9, topic)
        try new.takeOver(old)
        let heir = try new.trades(name)
        #expect(heir.status == .live)
        compare(old, topic, new, heir)
        #expect(
            new.updates(of: heir, after: Position(epoch: heir.position.epoch, sequence: 2)).texts
                == ["2", "3", "stale", "gap 4 to 6", "live", "7", "8", "9"])
    }

    @Test func `benchmark events go on, too`() throws {
        let (old, new) = (HubFixture(), HubFixture())
        let topic = old.hub.addEventTopic(named: "bench:0")
        let heir = new.hub.addEventTopic(named: "bench:0")
        for size in 1...20 { topic.append([UInt8](repeating: 7, count: size)) }
        // Nothing says which of the own ones they are.
        heir.append([1, 2, 3])
        old.turn.end()
        new.turn.end()
        try new.takeOver(old)
        compare(old, topic, new, heir)
        heir.append([9])
        new.turn.end()
        #expect(new.updates(of: heir, after: topic.position).map(\.payload) == [.data([9])])
    }

    @Test func `an empty topic goes on with what comes`() throws {
        let (old, new) = (HubFixture(), HubFixture())
        let position = try old.trades().position
        try new.takeOver(old)
        let heir = try new.trades()
        #expect(heir.position == position)
        new.trade(1...2, heir)
        #expect(new.updates(of: heir, after: position).texts == ["live", "1", "2"])
    }

    // MARK: Joined by the venue's ids

    /// The predecessor's and the own events, as `EventTopic` would be told them, and what a client
    /// gets that had all of the predecessor's.
    struct Join: Sendable {
        var told: [ClosedRange<UInt64>]
        var own: [ClosedRange<UInt64>]
        /// Ids that were lost, of either.
        var toldGaps: [ClosedRange<UInt64>] = []
        var ownGaps: [ClosedRange<UInt64>] = []
        var news: [String]
    }

    static let joins = [
        Join(told: [1...6], own: [3...9], news: ["7", "8", "9"]),
        Join(told: [1...6], own: [7...9], news: ["7", "8", "9"]),
        Join(told: [1...6], own: [6...6], news: []),
        Join(told: [1...6], own: [2...4], news: []),
        Join(told: [1...6], own: [], news: []),
        Join(told: [], own: [4...5], news: ["4", "5"]),
        Join(told: [1...6], own: [10...11], news: ["gap 7 to 9", "10", "11"]),
        Join(told: [1...6], own: [8...8], news: ["gap 7 to 7", "8"]),
        Join(told: [1...6], own: [3...3, 8...8], ownGaps: [4...7], news: ["gap 7 to 7", "8"]),
        Join(
            told: [1...6], own: [8...8, 12...12], ownGaps: [9...11],
            news: ["gap 7 to 7", "8", "gap 9 to 11", "12"]),
        Join(
            told: [1...6], own: [7...7, 12...12], ownGaps: [8...11],
            news: ["7", "gap 8 to 11", "12"]),
        Join(
            told: [1...6], own: [12...12], ownGaps: [10...11],
            news: ["gap 7 to 9", "gap 10 to 11", "12"]),
        Join(told: [1...3, 6...6], own: [1...9], toldGaps: [4...5], news: ["7", "8", "9"]),
        Join(told: [1...3], own: [1...9], toldGaps: [4...7], news: ["8", "9"]),
        Join(told: [1...3], own: [9...9], ownGaps: [1...2], news: ["gap 4 to 8", "9"]),
    ]

    private func fill(
        _ fixture: HubFixture, _ topic: EventTopic, _ trades: [ClosedRange<UInt64>],
        _ gaps: [ClosedRange<UInt64>]
    ) {
        for part in (trades + gaps).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if gaps.contains(part) {
                topic.gap(from: part.lowerBound, to: part.upperBound)
                fixture.turn.end()
            } else {
                fixture.trade(part, topic)
            }
        }
    }

    @Test(arguments: joins)
    func `own events beyond the predecessor's follow without a hole or a repeat`(
        join: Join
    ) throws {
        for name in Self.names {
            let (old, new) = (HubFixture(), HubFixture())
            let topic = try old.trades(name)
            let heir = try new.trades(name)
            fill(old, topic, join.told, join.toldGaps)
            fill(new, heir, join.own, join.ownGaps)
            // Live before: no status is news.
            topic.setStatus(.live)
            old.turn.end()
            try new.takeOver(old)
            let updates = new.updates(of: heir, after: topic.position)
            #expect(updates.texts == join.news)
            #expect(
                updates.compactMap(\.sequence)
                    == (0..<UInt64(updates.count)).map { topic.position.sequence + 1 + $0 })
            #expect(updates.allSatisfy { $0.epoch == topic.position.epoch })
            let ids = [join.told, join.own, join.toldGaps, join.ownGaps].joined().map(\.upperBound)
            #expect(heir.newestVenueID == ids.max())
        }
    }

    @Test func `own events keep their times`() throws {
        let (old, new) = (HubFixture(), HubFixture())
        old.trade(1...2, try old.trades())
        let heir = try new.trades()
        new.turn.now.nanoseconds += 55
        new.trade(2...3, heir)
        let time = UInt64(new.turn.now.nanoseconds)
        new.turn.now.nanoseconds += 55
        try new.takeOver(old)
        let position = try old.trades().position
        let update = try #require(new.updates(of: heir, after: position).first)
        #expect(update.eventTime == 3 && update.receiveTime == 4 && update.publishTime == time)
    }

    @Test func `what the venue's connector is to leave out is what both have told`() throws {
        let (old, new) = (HubFixture(), HubFixture())
        old.trade(1...6, try old.trades())
        old.trade(10...12, try old.trades("aggtrade:binance:BTC/USDT"))
        try old.tick().apply(tick("1", "2"), 77)
        old.turn.end()
        new.trade(4...8, try new.trades())
        try new.takeOver(old)
        let board = try #require(new.venue.heirs.first)
        let all: Set<TopicKind> = [.tick, .trade, .aggregateTrade]
        #expect(board.heard == VenueIDs(tick: 77, trade: 8, aggregateTrade: 12, live: all))
        board.tick.setStatus(.stale)
        #expect(board.heard.live == [.trade, .aggregateTrade])
    }

    @Test func `nobody heard anything`() throws {
        let (old, new) = (HubFixture(), HubFixture())
        _ = try old.trades()
        try new.takeOver(old)
        #expect(new.venue.heirs.map(\.heard) == [VenueIDs()])
    }

    // MARK: Long histories

    @Test func `a history longer than a piece is told in pieces of bounded number`() throws {
        let (old, new) = (
            HubFixture(eventsPerTopicMax: 4096), HubFixture(eventsPerTopicMax: 4096)
        )
        let topic = try old.trades()
        for first in stride(from: UInt64(1), to: 2000, by: 250) {
            old.trade(first..<first + 250, topic)
        }
        var relay = Relay(from: old.hub, to: new.hub)
        try relay.tell(complete: false)
        let pieces = relay.records.filter { $0.name == topic.name }.map(\.events.count)
        #expect(pieces == [512, 512, 512, 465])
        try relay.tell(complete: true)
        #expect(relay.records.last { $0.name == topic.name }?.events.isEmpty == true)
        new.hub.adopt(relay.inheritance)
        let heir = try new.trades()
        for sequence in [0, 1, 511, 512, 513, 1024, 1500, 2000, 2001] as [UInt64] {
            let position = Position(epoch: topic.position.epoch, sequence: sequence)
            #expect(
                new.updates(of: heir, after: position) == old.updates(of: topic, after: position))
        }
    }

    @Test func `a history of large events is told in pieces of bounded bytes, one at least`()
        throws
    {
        let (old, new) = (HubFixture(), HubFixture())
        let topic = old.hub.addEventTopic(named: "bench:0")
        let heir = new.hub.addEventTopic(named: "bench:0")
        for size in [100, 100, 100, 100, 300, 1, 300, 300] {
            topic.append([UInt8](repeating: UInt8(size % 256), count: size << 10))
        }
        old.turn.end()
        var relay = Relay(from: old.hub, to: new.hub)
        try relay.tell(complete: false)
        // The first one says that the topic is live; a piece ends with the event that fills it.
        #expect(
            relay.records.filter { $0.name == topic.name }.map { Array($0.events).texts } == [
                ["live", "102400 bytes", "102400 bytes", "102400 bytes"],
                ["102400 bytes", "307200 bytes"], ["1024 bytes", "307200 bytes"],
                ["307200 bytes"],
            ])
        try relay.tell(complete: true)
        new.hub.adopt(relay.inheritance)
        compare(old, topic, new, heir)
    }

    @Test func `what happens between and during the passes is told once`() throws {
        let (old, new) = (
            HubFixture(eventsPerTopicMax: 4096), HubFixture(eventsPerTopicMax: 4096)
        )
        let topic = try old.trades()
        var next: UInt64 = 1
        func more(_ count: UInt64) {
            old.trade(next..<next + count, topic)
            next += count
        }
        more(1000)
        var relay = Relay(from: old.hub, to: new.hub)
        try relay.tell(complete: false) { if $0 <= 6 { more(100) } }
        more(700)
        // Waits for the end of the turn; the pass that holds everything does not.
        topic.append(
            .init(id: next, price: decimal("1"), quantity: decimal("1"), side: .sell),
            eventTime: .unknown, receiveTime: .unknown)
        try relay.tell(complete: true)
        let sequences = relay.records.flatMap(\.events).compactMap(\.sequence)
        #expect(sequences == Array(1...topic.position.sequence))
        new.hub.adopt(relay.inheritance)
        let heir = try new.trades()
        #expect(heir.position == topic.position && heir.newestVenueID == next)
        for sequence in stride(from: 0, through: topic.position.sequence, by: 97) {
            let position = Position(epoch: topic.position.epoch, sequence: sequence)
            #expect(
                new.updates(of: heir, after: position) == old.updates(of: topic, after: position))
        }
    }

    @Test(arguments: [1, 3, 8, 9, 50] as [UInt64])
    func `a ring that forgot its oldest between the passes is told as it is`(
        count: UInt64
    ) throws {
        let (old, new) = (HubFixture(eventsPerTopicMax: 8), HubFixture(eventsPerTopicMax: 8))
        let topic = try old.trades()
        old.trade(1...9, topic)
        var relay = Relay(from: old.hub, to: new.hub)
        try relay.tell(complete: false)
        old.trade(10..<10 + count, topic)
        try relay.tell(complete: true)
        new.hub.adopt(relay.inheritance)
        compare(old, topic, new, try new.trades())
    }

    @Test func `a smaller ring keeps the newest and names what it lacks`() throws {
        let (old, new) = (HubFixture(), HubFixture(eventsPerTopicMax: 4))
        let topic = try old.trades()
        old.trade(1...9, topic)
        try new.takeOver(old)
        let start = Position(epoch: topic.position.epoch, sequence: 0)
        // The tenth event is the ninth trade: the first one said that the topic is live.
        #expect(
            new.updates(of: try new.trades(), after: start).texts == [
                "expired 1 to 6", "6", "7", "8", "9",
            ])
    }

    @Test func `a history that does not reach the present is none, and what is lacking is named`()
        throws
    {
        let (old, new) = (HubFixture(), HubFixture())
        let topic = try old.trades()
        old.trade(1...5, topic)
        try new.takeOver(old) { record in
            var record = record
            record.events = record.events.filter { $0.sequence != topic.position.sequence }
            return record
        }
        let heir = try new.trades()
        #expect(heir.position == topic.position)
        let start = Position(epoch: topic.position.epoch, sequence: 2)
        #expect(new.updates(of: heir, after: start).texts == ["expired 3 to 6"])
        new.trade(6...6, heir)
        #expect(new.updates(of: heir, after: topic.position).texts == ["6"])
    }
}
