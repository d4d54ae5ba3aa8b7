import Base
import Core
import Market
import Runtime
import Testing

@testable import Connectors

/// A turn that never ends: nothing is published.
private final class EndlessTurn: LoopTurn {
    func timestamp() -> Timestamp { .unknown }
    func instant() -> Instant { Instant(nanoseconds: 0) }
    func atEndOfTurn(_ work: @escaping () -> Void) {}
    func schedule(after delay: Duration, _ work: @escaping () -> Void) -> TimerID {
        TimerID(slot: 0, generation: 0)
    }
    func cancel(_ timer: TimerID) {}
}

@Suite struct VenueBridgeTests {
    private let hub = Hub(turn: EndlessTurn(), metrics: MetricRegistry())

    @Test func `before the list is known, a spelling belongs to its likeliest symbol alone`() {
        let bridge = VenueBridge(venue: "binance", hub: hub)
        #expect(bridge.lacks(Symbol("BTCU/SDT")!))
        #expect(!bridge.lacks(Symbol("BTC/USDT")!))
        // Nobody knows this quote asset: the list will tell.
        #expect(!bridge.lacks(Symbol("BTC/XYZ")!))
    }

    @Test func `the list decides as soon as it is known`() {
        let bridge = VenueBridge(venue: "binance", hub: hub)
        let odd = Symbol("BTCU/SDT")!
        bridge.instruments([
            Instrument(venue: "binance", symbol: odd, venueSymbol: "BTCUSDT", isTrading: true)
        ])
        #expect(!bridge.lacks(odd))
        #expect(bridge.lacks(Symbol("BTC/USDT")!))
    }
}
