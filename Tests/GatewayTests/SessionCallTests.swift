import Base
import Core
import GRPC
import Schema
import Testing

@testable import Gateway

/// Sessions over HTTP/2, in both codecs.
@Suite struct SessionCallTests {
    let turn = StillTurn()
    let pair = RPCPair()
    let hub: Hub
    let topic: EventTopic
    static let path = "/penstock.v1.MarketData/Session"

    init() {
        hub = Hub(turn: turn, metrics: MetricRegistry())
        topic = hub.addEventTopic(named: "bench:0")
        turn.end()
        var limits = GatewayLimits()
        limits.session.requestsAtOnce = 20
        MarketDataService(hub: hub, limits: limits).register(in: pair.router)
    }

    private func begin(_ subtype: RPCSubtype) -> RPCReply {
        let hello = SessionRequest(request: .hello(Hello(protocolVersion: 1)))
        return pair.call(
            Self.path, hello.encoded(subtype.codec), subtype: subtype, halfClose: false)
    }

    private func send(_ request: SessionRequest.Request, on reply: RPCReply, _ subtype: RPCSubtype)
    {
        let bytes = SessionRequest(request: request).encoded(subtype.codec)
        _ = bytes.withRawSpan { reply.call!.send($0) }
        pair.exchange()
    }

    private func publish() {
        topic.append([1, 2, 3])
        turn.end()
        pair.exchange()
    }

    private func updates(_ reply: RPCReply, _ subtype: RPCSubtype) throws -> [Update] {
        try reply.messages.map { bytes in
            try bytes.withRawSpan { try Update(decoding: $0, subtype.codec) }
        }
    }

    private func content(_ update: Update?) -> Control.Content? {
        if case .control(let control)? = update?.payload { control.content } else { nil }
    }

    @Test(arguments: [RPCSubtype.protobuf, .messagePack])
    func `a session subscribes, follows and ends, in either codec`(subtype: RPCSubtype) throws {
        let reply = begin(subtype)
        send(.subscribe(SubscribeTopics(id: 1, topics: ["bench:0", "x"])), on: reply, subtype)
        publish()
        send(.ping(Ping(nonce: 5)), on: reply, subtype)
        send(.unsubscribe(Unsubscribe(id: 1)), on: reply, subtype)
        publish()
        reply.call!.halfClose()
        pair.exchange()
        let updates = try updates(reply, subtype)
        guard case .welcome? = content(updates.first),
            case .subscribed(let answer)? = content(updates[1]),
            case .pong(let pong)? = content(updates[4]),
            case .unsubscribed(let unsubscribed)? = content(updates[5])
        else {
            Issue.record("\(updates)")
            return
        }
        #expect(answer.accepted.map(\.number) == [topic.number])
        #expect(answer.rejected.map(\.code) == [5])
        #expect(updates[3].payload == .data([1, 2, 3]))
        #expect(pong.nonce == 5)
        #expect(unsubscribed.positions.first?.sequence == updates[3].sequence)
        #expect(updates.count == 6)
        #expect(reply.status?.code == .ok)
        #expect(topic.subscriberCount == 0)
    }

    @Test(arguments: [RPCSubtype.protobuf, .messagePack])
    func `updates are the bytes that Subscribe sends`(subtype: RPCSubtype) throws {
        let session = begin(subtype)
        send(.subscribe(SubscribeTopics(id: 1, topics: ["bench:0"])), on: session, subtype)
        let plain = pair.call(
            "/penstock.v1.MarketData/Subscribe",
            SubscribeRequest(topics: ["bench:0"]).encoded(subtype.codec), subtype: subtype)
        publish()
        #expect(session.messages.last == plain.messages.last)
        #expect(topic.subscriberCount == 2)
    }

    @Test func `a client that leaves takes its rows along`() {
        let reply = begin(.protobuf)
        send(.subscribe(SubscribeTopics(id: 1, topics: ["bench:0"])), on: reply, .protobuf)
        #expect(topic.subscriberCount == 1)
        reply.call!.cancel()
        pair.exchange()
        #expect(topic.subscriberCount == 0)
    }

    @Test(arguments: [
        SessionRequest(), SessionRequest(request: .ping(Ping())),
        SessionRequest(request: .subscribe(SubscribeTopics(id: 1, topics: ["bench:0"]))),
    ])
    func `whoever does not say hello is told INVALID_ARGUMENT`(request: SessionRequest) {
        let reply = pair.call(Self.path, request.encoded(.protobuf), halfClose: false)
        #expect(reply.status?.code == .invalidArgument)
        #expect(topic.subscriberCount == 0)
    }

    @Test func `bytes that are no request end the session, and nothing else`() {
        let other = begin(.protobuf)
        send(.subscribe(SubscribeTopics(id: 1, topics: ["bench:0"])), on: other, .protobuf)
        let reply = begin(.protobuf)
        _ = [0xff, 0xff, 0xff].withRawSpan { reply.call!.send($0) }
        pair.exchange()
        #expect(reply.status?.code == .invalidArgument)
        let count = other.messages.count
        publish()
        #expect(other.messages.count == count + 1)
    }

    @Test func `a flood is answered in band and ends with RESOURCE_EXHAUSTED`() throws {
        let reply = begin(.protobuf)
        for nonce in UInt64(0)..<40 { send(.ping(Ping(nonce: nonce)), on: reply, .protobuf) }
        #expect(reply.status?.code == .resourceExhausted)
        let updates = try updates(reply, .protobuf)
        guard case .refused(let refusal)? = content(updates.last) else {
            Issue.record("not told")
            return
        }
        #expect(refusal.code == 8 && updates.count == 21)
    }

    @Test func `every end of a session has a status, and none is UNKNOWN`() {
        let ends: [(SessionEnd, RPCCode)] = [
            (.clientEnded, .ok), (.invalid("x"), .invalidArgument),
            (.silent(limit: .seconds(1)), .deadlineExceeded),
            (.tooManyRequests(perSecond: 1), .resourceExhausted), (.drained, .unavailable),
        ]
        for (end, code) in ends { #expect(StatusMapping.status(end).code == code) }
    }
}
