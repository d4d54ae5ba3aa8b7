import Base
import GRPC
import Market
import Runtime
import Schema
import Testing

@testable import Core
@testable import Gateway

@Suite struct HistoryAnswersTests {
    private func answers(
        _ turn: StillTurn, events: Int, limits: HistoryLimits
    ) -> HistoryAnswers {
        let hub = Hub(turn: turn, metrics: MetricRegistry())
        let topic = hub.addEventTopic(named: "bench:0")
        for _ in 1..<events { topic.append([UInt8](repeating: 7, count: 100)) }
        turn.end()
        var gateway = GatewayLimits()
        gateway.history = limits
        return HistoryAnswers(hub: hub, limits: gateway)
    }

    @Test func `a page ends at the configured number of events, whatever is asked for`() throws {
        let turn = StillTurn()
        var limits = HistoryLimits()
        limits.eventsMax = 3
        let history = answers(turn, events: 10, limits: limits)
        for wanted: UInt32? in [nil, 3, 1000] {
            let page = try history.page(
                GetHistoryRequest(topic: "bench:0", eventsMax: wanted), nil)
            #expect(page.events.count == 3 && page.nextSequence == 4)
        }
        let page = try history.page(GetHistoryRequest(topic: "bench:0", eventsMax: 2), nil)
        #expect(page.events.count == 2)
    }

    @Test func `a page ends at the configured number of bytes, whatever is asked for`() throws {
        let turn = StillTurn()
        var limits = HistoryLimits()
        limits.bytesMax = 1024
        let history = answers(turn, events: 100, limits: limits)
        for wanted: UInt32? in [nil, 1 << 20] {
            let page = try history.page(
                GetHistoryRequest(topic: "bench:0", bytesMax: wanted), nil)
            #expect(page.events.count > 1 && page.events.count < 11)
            #expect(page.nextSequence == UInt64(page.events.count) + 1)
        }
    }
}
