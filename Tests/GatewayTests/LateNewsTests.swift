import Base
import Core
import GRPC
import Market
import Schema
import Testing

@testable import Gateway

/// Calls on a connection that another loop had before the owner's loop published what they ask
/// about. That loop's turn has not come to the news yet.
@Suite struct LateNewsTests {
    private let turn = StillTurn()
    private let owners = RPCPair()
    private let pair = RPCPair()
    private let hub: Hub
    private let topic: EventTopic
    private static let name = "bench:0"
    static let codecs: [RPCSubtype] = [.protobuf, .messagePack]

    init() {
        let metrics = MetricRegistry()
        hub = Hub(turn: turn, metrics: metrics)
        let follower = Hub(
            following: hub.directory, turn: StillTurn(), loop: 1, metrics: metrics,
            owner: HubLink { _ in })
        hub.lead {}
        topic = hub.addEventTopic(named: Self.name)
        turn.end()
        MarketDataService(hub: hub).register(in: owners.router)
        MarketDataService(hub: follower).register(in: pair.router)
        for byte in UInt8(1)...4 {
            topic.append([byte])
            turn.end()
        }
    }

    private func ask(
        _ method: String, _ message: [UInt8], _ subtype: RPCSubtype, halfClose: Bool = true
    ) -> RPCReply {
        pair.call(
            "/penstock.v1.MarketData/\(method)", message, subtype: subtype, halfClose: halfClose)
    }

    private func updates(_ reply: RPCReply, _ subtype: RPCSubtype) throws -> [Update] {
        try reply.messages.map { bytes in
            try bytes.withRawSpan { try Update(decoding: $0, subtype.codec) }
        }
    }

    /// As a client of the owner's loop knows it.
    private func position() throws -> TopicPosition {
        let reply = owners.call(
            "/penstock.v1.MarketData/GetReplayInfo",
            GetReplayInfoRequest(topics: [Self.name]).encoded(.protobuf))
        let info = try #require(reply.messages.first).withRawSpan {
            try GetReplayInfoResponse(decoding: $0, .protobuf)
        }
        let topic = try #require(info.topics.first)
        return TopicPosition(
            topic: Self.name, epoch: topic.epoch, sequence: topic.lastSequence)
    }

    @Test(arguments: codecs)
    func `Subscribe goes on where another loop stopped`(subtype: RPCSubtype) throws {
        let request = SubscribeRequest(topics: [Self.name], resume: [try position()])
        let reply = ask("Subscribe", request.encoded(subtype.codec), subtype)
        let told = try updates(reply, subtype)
        guard case .subscribed(let answer)? = told.first?.payload else {
            Issue.record("not subscribed: \(told)")
            return
        }
        #expect(answer.accepted.map(\.resumed) == [true])
        #expect(answer.accepted.map(\.sequence) == [5])
        #expect(told.count == 1)
    }

    @Test(arguments: codecs)
    func `Session goes on where another loop stopped`(subtype: RPCSubtype) throws {
        let hello = SessionRequest(request: .hello(Hello(protocolVersion: 1)))
        let reply = ask("Session", hello.encoded(subtype.codec), subtype, halfClose: false)
        let request = SessionRequest(
            request: .subscribe(
                SubscribeTopics(id: 1, topics: [Self.name], positions: [try position()])))
        _ = request.encoded(subtype.codec).withRawSpan { reply.call!.send($0) }
        pair.exchange()
        let answers = try updates(reply, subtype).compactMap { update -> SubscriptionAnswer? in
            guard case .control(let control)? = update.payload,
                case .subscribed(let answer)? = control.content
            else { return nil }
            return answer
        }
        #expect(answers.flatMap(\.accepted).map(\.follows) == [.events])
    }

    @Test(arguments: codecs)
    func `GetHistory and GetReplayInfo know what another loop has published`(
        subtype: RPCSubtype
    ) throws {
        let codec = subtype.codec
        let page = ask("GetHistory", GetHistoryRequest(topic: Self.name).encoded(codec), subtype)
        let history = try #require(page.messages.first).withRawSpan {
            try GetHistoryResponse(decoding: $0, codec)
        }
        #expect(history.lastSequence == 5 && history.events.count == 5)
        let info = ask(
            "GetReplayInfo", GetReplayInfoRequest(topics: [Self.name]).encoded(codec), subtype)
        let replay = try #require(info.messages.first).withRawSpan {
            try GetReplayInfoResponse(decoding: $0, codec)
        }
        #expect(replay.topics.map(\.lastSequence) == [5])
    }

    @Test func `ListInstruments has what the owner's venues have listed`() throws {
        var symbols = SymbolTable(venue: "binance")
        symbols.replace(with: [
            Market.Instrument(
                venue: "binance", symbol: Symbol("BTC/USDT")!,
                venueSymbol: "BTCUSDT", isTrading: true)
        ])
        hub.listed(symbols)
        let reply = ask(
            "ListInstruments", ListInstrumentsRequest().encoded(.protobuf), .protobuf)
        let list = try #require(reply.messages.first).withRawSpan {
            try ListInstrumentsResponse(decoding: $0, .protobuf)
        }
        #expect(list.instruments.map(\.symbol) == ["BTC/USDT"])
    }
}
