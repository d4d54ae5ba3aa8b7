import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

@Suite struct HubTests {
    let fixture = HubFixture()

    @Test(arguments: [
        ("nonsense", TopicRefusal.Reason.unknown), ("book:binance", .malformed),
        ("book:binance:btc", .malformed), ("book:binance:BTC/USDT:0", .malformed),
        ("book:nowhere:BTC/USDT", .unknown), ("book:binance:NOT/LISTED", .unknown),
        ("bench:7", .unknown),
    ])
    func `a bad topic is refused with a reason`(name: String, reason: TopicRefusal.Reason) {
        do {
            _ = try fixture.hub.topic(named: name)
            Issue.record("\(name) was accepted")
        } catch {
            #expect(error.reason == reason)
            #expect(!error.message.isEmpty)
        }
    }

    @Test func `the first subscriber of an instrument asks its venue for it, the next does not`()
        throws
    {
        _ = try fixture.tick()
        _ = try fixture.book()
        _ = try fixture.book("book:binance:BTC/USDT:10")
        #expect(fixture.venue.demanded.map(\.symbol.description) == ["BTC/USDT"])
    }

    @Test func `a name that only looks like a topic's finds nothing`() throws {
        // The Kelvin sign is canonically a K, but no letter of a symbol.
        _ = try fixture.hub.topic(named: "tick:binance:LINK/USDT")
        #expect(throws: TopicRefusal.self) {
            try fixture.hub.topic(named: "tick:binance:LIN\u{212a}/USDT")
        }
    }

    @Test func `one book has one topic, whether its default depth is named or not`() throws {
        let plain = try fixture.book()
        let named = try fixture.book("book:binance:BTC/USDT:50")
        #expect(plain === named)
    }

    @Test func `subscribers of an unlisted instrument are told and their topics end`() throws {
        let topic = try fixture.tick()
        let sink = FakeSink()
        let session = fixture.subscribe(topic, to: sink)
        fixture.hub.dissolve(try #require(fixture.venue.demanded.first))
        guard case .rejected(let rejected)? = sink.updates.last?.payload else {
            Issue.record("not told")
            return
        }
        #expect(rejected.code == 5)
        #expect(topic.subscriberCount == 0)
        session.end()
    }

    @Test func `the limit of topics refuses one more and keeps the others`() throws {
        var limits = HubLimits()
        limits.topicsMax = 4
        let hub = Hub(turn: fixture.turn, metrics: MetricRegistry(), limits: limits)
        hub.register(fixture.venue)
        _ = try hub.topic(named: "tick:binance:BTC/USDT")
        #expect(throws: TopicRefusal.self) { try hub.topic(named: "tick:binance:ETH/USDT") }
        _ = try hub.topic(named: "trade:binance:BTC/USDT")
    }

    @Test func `a session that ended gets nothing more`() throws {
        let topic = try fixture.tick()
        let sink = FakeSink()
        fixture.subscribe(topic, to: sink).end()
        let count = sink.updates.count
        topic.apply(tick("1", "2"), 1)
        fixture.turn.end()
        #expect(sink.updates.count == count)
        #expect(topic.subscriberCount == 0)
    }
}
