import Base
import Schema
import Streams
import Testing

@testable import Core

/// The ways in which one topic is sent, and how many of them there may be.
@Suite struct AudiencesTests {
    private static let tickName = "tick:binance:BTC/USDT"

    private func fixture(audiencesMax: Int) -> HubFixture {
        var limits = HubLimits()
        limits.audiencesPerTopicMax = audiencesMax
        return HubFixture(limits: limits)
    }

    private func wish(_ filter: String?, _ id: UInt32 = 1) -> SubscribeTopics {
        SubscribeTopics(id: id, topics: [Self.tickName], filter: filter)
    }

    private func key(_ number: Int) -> Audience.Key {
        Audience.Key(codec: .protobuf, rate: Rate(interval: .milliseconds(number + 1)))
    }

    @Test func `whatever comes and goes, each key has the one audience that was made for it`() {
        var audiences = Audiences()
        var model: [Audience.Key: Audience] = [:]
        var random = SeededRandom(seed: 7)
        for _ in 0..<5000 {
            let key = key(Int.random(in: 0..<50, using: &random))
            if let known = model[key] {
                audiences.remove(known)
                model[key] = nil
            } else {
                let fresh = Audience(key: key, told: Position(epoch: 1, sequence: 0))
                audiences.insert(fresh)
                model[key] = fresh
            }
            #expect(audiences.all.count == model.count && audiences[key] === model[key])
        }
        #expect(audiences.all.allSatisfy { model[$0.key] === $0 })
        #expect(audiences.unusualCount == model.keys.count { !$0.isUsual })
    }

    @Test func `what a client makes up is unusual, what everybody may choose is not`() throws {
        for rate in [nil, Rate.ui, .backbone, .pro, .lowBandwidth] {
            #expect(Audience.Key(codec: .messagePack, rate: rate).isUsual)
        }
        #expect(!Audience.Key(codec: .protobuf, rate: Rate(perSecond: 17)).isUsual)
        #expect(!Audience.Key(codec: .protobuf, fields: [.bidPrice]).isUsual)
    }

    @Test func `an audience is counted from its first subscriber to its last`() throws {
        let fixture = HubFixture()
        let clients = (0..<4).map { _ in DialogueClient(fixture) }
        let gauge = fixture.hub.metrics.audiences
        for (client, filter) in zip(clients, ["bid_price > 1", "bid_price > 1", nil, nil]) {
            _ = client.subscribe(wish(filter))
        }
        #expect(gauge.value == 2)
        clients[0].dialogue?.cancelled()
        #expect(gauge.value == 2)
        clients[1].dialogue?.cancelled()
        #expect(gauge.value == 1)
        _ = clients[2].ask(.update(UpdateSubscription(id: 1, filter: "bid_price > 2")))
        #expect(gauge.value == 2)
        for client in clients.dropFirst(2) { client.dialogue?.cancelled() }
        #expect(gauge.value == 0)
    }

    @Test func `as many ways as the limit says are served, one more is rejected and counted`()
        throws
    {
        let fixture = fixture(audiencesMax: 2)
        let clients = (0..<6).map { _ in DialogueClient(fixture) }
        func answer(_ client: Int, _ filter: String?) throws -> SubscriptionAnswer {
            try #require(clients[client].subscribe(wish(filter)))
        }
        #expect(try answer(0, "bid_price > 1").accepted.count == 1)
        #expect(try answer(1, "bid_price > 2").accepted.count == 1)
        let refused = try answer(2, "bid_price > 3")
        #expect(refused.rejected.map(\.code) == [8] && refused.accepted.isEmpty)
        #expect(refused.rejected[0].message?.contains("2 unusual ways") == true)
        #expect(fixture.hub.metrics.sessions.limits[.audiences]?.value == 1)
        // What others have, and what everybody may have, is always to be had.
        #expect(try answer(3, "bid_price > 2").accepted.count == 1)
        #expect(try answer(4, nil).accepted.count == 1)
        clients[0].dialogue?.cancelled()
        #expect(try answer(5, "bid_price > 4").accepted.count == 1)
        #expect(fixture.hub.metrics.sessions.limits[.audiences]?.value == 1)
    }

    @Test func `a change that finds no room changes nothing; one that makes its own room goes`()
        throws
    {
        let fixture = fixture(audiencesMax: 2)
        let clients = (0..<3).map { _ in DialogueClient(fixture) }
        for (client, filter) in zip(clients, ["bid_price > 1", "bid_price > 2", nil]) {
            _ = client.subscribe(wish(filter))
        }
        func change(_ client: Int, _ filter: String) -> SessionRequest.Request {
            .update(UpdateSubscription(id: 1, filter: filter))
        }
        #expect(clients[2].refusal(change(2, "bid_price > 3"))?.code == 8)
        try fixture.tick().apply(tick("1", "200"), 1)
        fixture.turn.end()
        #expect(clients[2].data.count == 2)
        // The only subscriber of a way leaves it for another one.
        guard case .updated? = clients[1].ask(change(1, "bid_price > 3")) else {
            throw LifeError(text: "not updated")
        }
        #expect(clients[2].refusal(change(2, "bid_price > 4"))?.code == 8)
        #expect(fixture.hub.metrics.sessions.limits[.audiences]?.value == 2)
    }
}
