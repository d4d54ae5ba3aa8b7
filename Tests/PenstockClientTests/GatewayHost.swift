import Base
import Core
import Gateway
import Market
import PenstockClient
import Runtime
import Schema
import Streams

/// The real gateway over a venue that the test plays. Confined to its loop.
final class GatewayHost {
    let hub: Hub
    private let venue = PlayedVenue()
    private let metrics = MetricRegistry()
    private let server: GatewayServer
    let address: SocketAddress
    private let events: EventTopic

    static let eventTopic = "bench:0"

    /// - Parameter address: nil: any free port.
    init(on loop: EventLoop, at address: SocketAddress? = nil) throws {
        hub = Hub(turn: loop, metrics: metrics)
        hub.register(venue)
        events = hub.addEventTopic(named: Self.eventTopic)
        server = GatewayServer(
            loop: loop, metrics: metrics, services: [MarketDataService(hub: hub)])
        self.address = try server.listen(
            on: address ?? SocketAddress(host: "127.0.0.1", port: 0)!)
    }

    func tick(_ bid: Int64, _ ask: Int64, _ number: UInt64) throws {
        guard let topic = try hub.topic(named: tickTopic) as? TickTopic else { return }
        topic.apply(
            Market.Tick(
                bidPrice: Decimal(mantissa: bid, exponent: 0), bidQuantity: Decimal("1")!,
                askPrice: Decimal(mantissa: ask, exponent: 0), askQuantity: Decimal("2")!),
            venueSequence: number, eventTime: .unknown, receiveTime: .unknown)
    }

    func event(_ count: Int = 1) {
        for _ in 0..<count { events.append(Array("event".utf8)) }
    }

    func metric(_ name: String) -> String? {
        metrics.prometheusText().split(separator: "\n").first { $0.hasPrefix(name + " ") }
            .map { String($0.dropFirst(name.count + 1)) }
    }

    /// GOAWAY, and every call ends with UNAVAILABLE.
    func drain() { server.drain(within: .zero) {} }
}

/// A venue that lists everything.
private final class PlayedVenue: VenueConnector {
    let venue = "binance"
    let instruments: [Market.Instrument] = []

    func lacks(_ symbol: Symbol) -> Bool { false }
    func demand(_ board: InstrumentBoard) {}
    func bookAdded(to board: InstrumentBoard) {}
    func inherited(_ board: InstrumentBoard) {}
}

extension TopicSubscription.Iterator {
    /// The first update that fits; nil: the sequence ended.
    mutating func first(
        where fits: (TopicUpdate) -> Bool
    ) async throws -> TopicUpdate? {
        while let update = try await next() {
            if fits(update) { return update }
        }
        return nil
    }
}
