import Base
import Core
import GRPC
import Gateway
import HTTP2
import Schema

/// A gateway's hub and many gRPC subscribers who are up to date, in one thread: what the sockets
/// would take is counted and forgotten.
final class InMemoryCrowd {
    private let turns = BenchmarkTurn()
    private let outputs = OutputTurn()
    private let topics: [EventTopic]
    private var connections: [InMemoryConnection] = []
    private let data = [UInt8](repeating: 120, count: 94)

    init(connections count: Int, streams: Int, topics topicCount: Int) {
        let hub = Hub(turn: turns, metrics: MetricRegistry())
        let service = MarketDataService(hub: hub)
        let router = RPCRouter()
        service.register(in: router)
        topics = (0..<topicCount).map { hub.addEventTopic(named: "bench:\($0)") }
        let request = OutputBuffer()
        SubscribeRequest(topics: topics.map(\.name)).encode(.protobuf, into: request)
        connections = (0..<count).map { _ in
            InMemoryConnection(
                router: router, outputs: outputs, path: "/\(service.name)/Subscribe",
                request: request.copyBytes(), streams: streams)
        }
        turn()
    }

    var sends: Int { connections.reduce(0) { $0 + $1.sends } }

    /// Every topic has an event, and everything is sent.
    func turn() {
        for topic in topics { topic.append(data) }
        turns.end()
        outputs.flush { owner in (owner as? InMemoryConnection)?.flush() }
    }
}

/// The server's side of a connection whose client has subscribed and grants wide windows.
private final class InMemoryConnection: RPCClientHandler {
    private let output: OutputBuffer
    private let server: RPCServerConnection
    private(set) var sends = 0

    init(
        router: RPCRouter, outputs: OutputTurn, path: String, request: [UInt8], streams: Int
    ) {
        output = OutputBuffer(turn: outputs)
        server = RPCServerConnection(router: router, output: output) { _ in
            PlainResponse(status: 404, text: "")
        }
        output.setFlusher(self)
        var limits = HTTP2Limits.client
        limits.streamReceiveWindow = 1 << 30
        limits.connectionReceiveWindow = 1 << 30
        let answers = OutputBuffer()
        let client = RPCClientConnection(output: answers, http2Limits: limits)
        func exchange() {
            while !output.isEmpty || !answers.isEmpty {
                let (down, up) = (output.copyBytes(), answers.copyBytes())
                output.consume(down.count)
                answers.consume(up.count)
                down.withRawSpan { client.received($0) }
                up.withRawSpan { server.received($0, now: Instant(nanoseconds: 0)) }
            }
        }
        exchange()
        for _ in 0..<streams {
            let call = client.start(path: path, authority: "benchmark", handler: self)
            _ = request.withRawSpan { call?.send($0) }
            call?.halfClose()
        }
        exchange()
    }

    deinit { output.setFlusher(nil) }

    func flush() {
        if output.isEmpty { return }
        output.withBytes { bytes in precondition(bytes.count == output.count) }
        output.consume(output.count)
        sends += 1
    }

    // MARK: RPCClientHandler: what the client is told before it is gone

    func receivedMessage(_ message: RawSpan, on call: RPCClientCall) {}
    func finished(_ status: RPCStatus, trailers: Metadata, on call: RPCClientCall) {}
}
