import Base
import GRPC
import Gateway
import HTTP2
import Schema
import Testing

@Suite struct HealthServiceTests {
    let pair = RPCPair()
    let health = HealthService()

    init() { health.register(in: pair.router) }

    func ask(_ method: String, _ service: String?) -> RPCReply {
        let request = HealthCheckRequest(service: service).encoded(.protobuf)
        return pair.call("/grpc.health.v1.Health/\(method)", request)
    }

    func statuses(_ reply: RPCReply) throws -> [ServingStatus?] {
        try reply.messages.map { bytes in
            try bytes.withRawSpan { span throws(SchemaError) in
                try HealthCheckResponse(decoding: span, .protobuf).status
            }
        }
    }

    @Test func `the server serves from the start`() throws {
        let reply = ask("Check", nil)
        #expect(try statuses(reply) == [.serving])
        #expect(reply.status == .ok)
    }

    @Test func `an unknown service is NOT_FOUND`() {
        #expect(ask("Check", "nobody").status?.code == .notFound)
    }

    @Test func `a service's status is what was last set`() throws {
        health.setStatus("a.B", serving: true)
        #expect(try statuses(ask("Check", "a.B")) == [.serving])
        health.setStatus("a.B", serving: false)
        #expect(try statuses(ask("Check", "a.B")) == [.notServing])
    }

    @Test func `a watcher is told the present status and then every change once`() throws {
        let reply = ask("Watch", "a.B")
        for serving in [true, true, false] { health.setStatus("a.B", serving: serving) }
        health.setStatus("other", serving: true)
        pair.exchange()
        #expect(try statuses(reply) == [.serviceUnknown, .serving, .notServing])
        #expect(reply.status == nil)
    }

    @Test func `a watcher that leaves is forgotten`() {
        let reply = ask("Watch", "")
        #expect(health.watcherCount == 1)
        reply.call?.cancel()
        pair.exchange()
        #expect(health.watcherCount == 0)
    }

    @Test func `a watched name is kept, so it is short`() {
        let reply = ask("Watch", String(repeating: "a", count: 257))
        #expect(reply.status?.code == .invalidArgument)
        #expect(health.watcherCount == 0)
    }

    @Test func `a watcher whose queue is full leaves without harm to the next one`() {
        var (small, closed) = (HTTP2Limits(), HTTP2Limits.client)
        small.queuedBytesPerStreamMax = 16
        closed.streamReceiveWindow = 0
        let pair = RPCPair(serverLimits: small, clientLimits: closed)
        health.register(in: pair.router)
        let watch = HealthCheckRequest().encoded(.protobuf)
        let replies = (0..<2).map { _ in pair.call("/grpc.health.v1.Health/Watch", watch) }
        #expect(health.watcherCount == 2)
        for serving in [false, true, false] { health.setStatus("", serving: serving) }
        pair.exchange()
        #expect(health.watcherCount == 0)
        #expect(replies.map(\.status?.code) == [.resourceExhausted, .resourceExhausted])
    }

    @Test func `a shutdown is announced for every service`() throws {
        health.setStatus("a.B", serving: true)
        let replies = ["", "a.B"].map { ask("Watch", $0) }
        health.stopServing()
        pair.exchange()
        for reply in replies { #expect(try statuses(reply) == [.serving, .notServing]) }
    }

    @Test func `List tells every service`() throws {
        health.setStatus("b.C", serving: false)
        health.setStatus("a.B", serving: true)
        #expect(
            try list().statuses.map { "\($0.service!) \($0.status!.status!)" } == [
                " serving", "a.B serving", "b.C notServing",
            ])
    }

    @Test func `List of more services than its limit is RESOURCE_EXHAUSTED`() throws {
        for number in 1..<HealthService.listedMax {
            health.setStatus("a.B\(number)", serving: true)
        }
        #expect(try list().statuses.count == HealthService.listedMax)
        health.setStatus("one.More", serving: true)
        let reply = pair.call("/grpc.health.v1.Health/List", [])
        #expect(reply.status?.code == .resourceExhausted && reply.messages.isEmpty)
    }

    private func list() throws -> HealthListResponse {
        let reply = pair.call("/grpc.health.v1.Health/List", [])
        #expect(reply.status == .ok)
        return try reply.messages[0].withRawSpan { span throws(SchemaError) in
            try HealthListResponse(decoding: span, .protobuf)
        }
    }

    @Test func `after a shutdown nothing serves again`() throws {
        let reply = ask("Watch", "")
        health.stopServing()
        health.setStatus("", serving: true)
        pair.exchange()
        #expect(try statuses(reply) == [.serving, .notServing])
    }

    @Test func `a request that is not one is INVALID_ARGUMENT`() {
        let reply = pair.call("/grpc.health.v1.Health/Check", [0x0a, 0xff])
        #expect(reply.status?.code == .invalidArgument)
    }
}
