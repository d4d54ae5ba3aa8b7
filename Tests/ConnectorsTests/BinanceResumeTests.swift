import Base
import Core
import Market
import Testing

@testable import Connectors

/// A machine that goes on where another one stopped.
@Suite struct BinanceResumeTests {
    private func resume(_ rig: BinanceRig, after ids: VenueIDs) -> [FeedAction] {
        rig.machine.resume(0, after: ids, at: rig.now, into: &rig.actions)
        return rig.drain()
    }

    /// Subscribed, confirmed, and told nothing yet.
    private func makeRig() -> BinanceRig {
        let rig = BinanceRig.live("BTC/USDT")
        _ = rig.takeRequests()
        _ = rig.drain()
        return rig
    }

    private func trades(_ actions: [FeedAction]) -> [String] {
        actions.compactMap { action in
            switch action {
            case .trade(_, let trade, _): "trade \(trade.id)"
            case .aggregateTrade(_, let trade, _): "aggregate \(trade.id)"
            case .tradeGap(_, let kind, let from, let through): "\(kind) \(from) to \(through)"
            default: nil
            }
        }
    }

    @Test func `the tick of a confirmed subscription that has been silent is the present one`() {
        let rig = makeRig()
        #expect(rig.status(.tick) == .stale)
        #expect(
            resume(rig, after: VenueIDs(tick: 10, live: [.tick])) == [
                .status(0, .tick, .live, .started)
            ])
        rig.receive(Frames.tick(10))
        #expect(rig.drain().isEmpty)
        #expect(rig.machine.counts.repeated == 1)
        rig.receive(Frames.tick(11))
        let actions = rig.drain()
        guard case .tick(0, _, venueSequence: 11)? = actions.first, actions.count == 1 else {
            Issue.record("not told once")
            return
        }
    }

    @Test func `a subscription that is not confirmed says nothing of the tick`() {
        let rig = BinanceRig()
        rig.demand("BTC/USDT")
        rig.open()
        _ = rig.drain()
        #expect(resume(rig, after: VenueIDs(tick: 10, live: [.tick])).isEmpty)
        #expect(rig.status(.tick) == .stale)
    }

    @Test func `without a tick that could be believed it stays as it is`() {
        let rig = makeRig()
        #expect(resume(rig, after: VenueIDs(trade: 5)).isEmpty)
        #expect(rig.status(.tick) == .stale)
        rig.receive(Frames.tick(1))
        #expect(rig.status(.tick) == .live)
    }

    @Test func `a tick that this machine told is not unsaid`() {
        let rig = makeRig()
        rig.receive(Frames.tick(20))
        _ = rig.drain()
        #expect(resume(rig, after: VenueIDs(tick: 10)).isEmpty)
        rig.receive(Frames.tick(15))
        #expect(rig.drain().isEmpty)
    }

    @Test func `trades that are known are not told, those that are missing are named`() {
        let rig = makeRig()
        rig.receive(Frames.trade(3))
        rig.receive(Frames.aggregate(30))
        _ = rig.drain()
        #expect(resume(rig, after: VenueIDs(trade: 5, aggregateTrade: 31)).isEmpty)
        for id in [4, 5, 8, 9] { rig.receive(Frames.trade(id)) }
        for id in [31, 32, 34] { rig.receive(Frames.aggregate(id)) }
        #expect(
            trades(rig.drain()) == [
                "trade 6 to 7", "trade 8", "trade 9", "aggregate 32",
                "aggregateTrade 33 to 33", "aggregate 34",
            ])
        #expect(rig.machine.counts.repeated == 3)
    }

    @Test func `what nobody heard of any stream changes nothing`() {
        let rig = makeRig()
        #expect(resume(rig, after: VenueIDs()).isEmpty)
        rig.receive(Frames.trade(3))
        #expect(trades(rig.drain()) == ["trade 3"])
    }

    @Test func `a book in sync is said again, last`() {
        let rig = BinanceRig.live("BTC/USDT")
        rig.respond(rig.takeRequests()[0].number, Frames.book)
        rig.receive(Frames.depth(101, 105, bids: Frames.level("9.0", "1")))
        _ = rig.drain()
        #expect(
            resume(rig, after: VenueIDs(tick: 3, live: [.tick])) == [
                .status(0, .tick, .live, .started),
                .book(0, venueSequence: 105, eventTime: .unknown),
            ])
    }

    @Test func `a book that is not in sync is not said`() {
        let rig = makeRig()
        #expect(rig.status(.book) == .resyncing)
        #expect(resume(rig, after: VenueIDs()).isEmpty)
    }

    @Test func `quiet streams that the predecessor heard stay live`() {
        let rig = makeRig()
        _ = resume(rig, after: VenueIDs(tick: 3, trade: 5, live: [.tick, .trade]))
        rig.advance(.seconds(30))
        #expect(rig.status(.tick) == .live)
        #expect(rig.status(.trade) == .live)
        #expect(rig.status(.aggregateTrade) == .stale)
    }

    @Test func `a venue that counts anew around the takeover is heard again, with a gap`() {
        let rig = makeRig()
        rig.receive(Frames.trade(3))
        rig.receive(Frames.tick(7))
        _ = rig.drain()
        _ = resume(rig, after: VenueIDs(tick: 3_000, trade: 3_000, aggregateTrade: 3_000))
        for id in [4, 5] { rig.receive(Frames.trade(id)) }
        rig.receive(Frames.tick(8))
        #expect(rig.drain().isEmpty)
        rig.advance(.seconds(11))
        #expect(trades(rig.drain()) == ["trade 3 to 5"])
        rig.receive(Frames.trade(6))
        // Nothing of the other stream was heard: its first event is believed.
        rig.receive(Frames.aggregate(2))
        rig.receive(Frames.tick(9))
        let actions = rig.drain()
        #expect(trades(actions) == ["trade 6", "aggregate 2"])
        #expect(
            actions.contains { if case .tick(0, _, venueSequence: 9) = $0 { true } else { false } })
    }

    @Test func `a reconnect afterwards names what was lost since what is known`() {
        let rig = makeRig()
        rig.receive(Frames.trade(3))
        _ = resume(rig, after: VenueIDs(trade: 5))
        rig.close()
        rig.advance(.seconds(1))
        rig.open()
        rig.confirmAll()
        _ = rig.drain()
        rig.receive(Frames.trade(8))
        #expect(trades(rig.drain()) == ["trade 6 to 7", "trade 8"])
    }
}
