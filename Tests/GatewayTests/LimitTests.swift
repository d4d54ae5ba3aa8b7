import Base
import Core
import GRPC
import HTTP2
import Runtime
import Testing

@testable import Gateway

/// Limits of the whole gateway, over real sockets.
@Suite struct LimitTests {
    @Test(.timeLimit(.minutes(1)), arguments: ["connections", "connections_per_address"])
    func `one connection too many is closed, and the others stay`(limit: String) async throws {
        var options = GatewayOptions()
        if limit == "connections" {
            options.limits.connectionsMax = 2
        } else {
            options.limits.connectionsPerAddressMax = 2
        }
        let rig = try await Rig(options)
        let kept = [await rig.connect(), await rig.connect()]
        let refused = await rig.connect()
        await refused.waitUntilClosed()
        #expect(await rig.closedCount(kept) == 0)
        #expect(rig.metric("penstock_gateway_limits_total{limit=\"\(limit)\"}") == 1)
        #expect(rig.metric("penstock_gateway_connections_refused_total") == 1)
        await rig.stop()
    }

    @Test(.timeLimit(.minutes(1)))
    func `a connection that says nothing is closed and counted`() async throws {
        var options = GatewayOptions()
        options.limits.handshakeTimeout = .milliseconds(50)
        let rig = try await Rig(options)
        await (await rig.connect()).waitUntilClosed()
        #expect(rig.metric("penstock_gateway_limits_total{limit=\"handshake_time\"}") == 1)
        await rig.stop()
    }

    @Test(.timeLimit(.minutes(1)))
    func `a client that vanished is given up after keepalive`() async throws {
        var options = GatewayOptions()
        options.rpc.keepaliveInterval = .milliseconds(50)
        options.rpc.keepaliveTimeout = .milliseconds(50)
        let rig = try await Rig(options)
        let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
        await (await rig.connect(saying: preface)).waitUntilClosed()
        #expect(rig.metric("penstock_gateway_limits_total{limit=\"keepalive\"}") == 1)
        await rig.stop()
    }

    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func `a connection that holds too much is ended, and so is the largest of all`(
        isOfOne: Bool
    ) async throws {
        var options = GatewayOptions()
        // Clients of this test answer no PING.
        options.rpc.keepaliveInterval = .seconds(600)
        if isOfOne {
            options.limits.connectionBytesMax = 60_500
        } else {
            options.limits.memoryBytesMax = 120_000
        }
        let rig = try await Rig(options)
        let small = await rig.connect(saying: Rig.unfinishedMessage(bytes: 10_000))
        let large = await rig.connect(saying: Rig.unfinishedMessage(bytes: 70_000))
        let other = await rig.connect(saying: Rig.unfinishedMessage(bytes: 50_000))
        await large.waitUntilClosed()
        #expect(rig.metric("penstock_gateway_limits_total{limit=\"memory\"}") == 1)
        #expect(await rig.closedCount([small, other]) == 0)
        await rig.stop()
    }

    @Test func `every limit has a counter from the start`() {
        let registry = MetricRegistry()
        _ = LimitAccounting(registry)
        let text = registry.prometheusText()
        for name in RPCLimit.all.map(\.name) + GatewayLimit.allCases.map(\.rawValue) {
            #expect(text.contains("penstock_gateway_limits_total{limit=\"\(name)\"} 0"))
        }
    }
}

/// A gateway without topics, and raw clients of it.
private final class Rig: Sendable {
    private let loop: EventLoop
    private let metrics = MetricRegistry()
    private let server: Confined<GatewayServer>
    private let address: SocketAddress

    init(_ options: sending GatewayOptions) async throws {
        let loop = try EventLoop(name: "limits-test")
        self.loop = loop
        let metrics = metrics
        let options = Confined(options, to: loop)
        (server, address) = try await loop.run {
            let hub = Hub(turn: loop, metrics: metrics)
            let server = GatewayServer(
                loop: loop, metrics: metrics, services: [MarketDataService(hub: hub)],
                options: options.open())
            let address = try server.listen(on: SocketAddress("127.0.0.1:0")!)
            return (Confined(server, to: loop), address)
        }
    }

    func connect(saying bytes: [UInt8] = []) async -> RawClient {
        let client = RawClient(loop)
        await client.connect(to: address, saying: bytes)
        return client
    }

    /// How many of these are closed, after the server has answered a further client.
    func closedCount(_ clients: [RawClient]) async -> Int {
        var count = 0
        for client in clients where await client.isClosed { count += 1 }
        return count
    }

    func metric(_ name: String) -> Int? {
        let line = metrics.prometheusText().split(separator: "\n").first {
            $0.hasPrefix(name + " ")
        }
        return line.flatMap { Int($0.dropFirst(name.utf8.count + 1)) }
    }

    func stop() async {
        let server = server
        await withCheckedContinuation { continuation in
            loop.execute { server.open().drain(within: .zero) { continuation.resume() } }
        }
        await loop.stop()
    }

    /// A call whose first message is announced as longer than what comes.
    static func unfinishedMessage(bytes: Int) -> [UInt8] {
        func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }
        func frame(_ type: UInt8, _ flags: UInt8, _ stream: UInt8, _ payload: [UInt8]) -> [UInt8] {
            [UInt8(payload.count >> 16), UInt8(payload.count >> 8 & 255)]
                + [UInt8(payload.count & 255), type, flags, 0, 0, 0, stream] + payload
        }
        let block: [UInt8] =
            [0x83, 0x86, 0x04] + text("/penstock.v1.MarketData/Subscribe") + [0x01] + text("x")
            + [0x0f, 0x10] + text("application/grpc")
        var all = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(4, 0, 0, [])
        all += frame(1, 4, 1, block) + frame(0, 0, 1, [0, 0, 16, 0, 0])
        for _ in 0..<(bytes / 10_000) {
            all += frame(0, 0, 1, [UInt8](repeating: 7, count: 10_000))
        }
        return all
    }
}

/// Says one thing and notes when it is closed. Used on its loop.
private final class RawClient: ByteStreamDelegate, @unchecked Sendable {
    private let loop: EventLoop
    private var stream: ByteStream?
    private var onOpened: (() -> Void)?
    private var onClosed: (() -> Void)?
    private var hasClosed = false

    init(_ loop: EventLoop) { self.loop = loop }

    func connect(to address: SocketAddress, saying bytes: [UInt8]) async {
        await withCheckedContinuation { continuation in
            loop.execute { [self] in
                onOpened = { continuation.resume() }
                let endpoint = Endpoint(host: address.host, port: address.port, tls: false)
                let stream = ByteStream.connect(
                    to: endpoint, on: loop, timeout: .seconds(5), delegate: self)
                stream.output.append(bytes)
                self.stream = stream
            }
        }
    }

    var isClosed: Bool {
        get async {
            await withCheckedContinuation { continuation in
                loop.execute { [self] in continuation.resume(returning: hasClosed) }
            }
        }
    }

    func waitUntilClosed() async {
        await withCheckedContinuation { continuation in
            loop.execute { [self] in
                if hasClosed { continuation.resume() } else { onClosed = { continuation.resume() } }
            }
        }
    }

    func opened(_ stream: ByteStream) {
        onOpened?()
        onOpened = nil
    }

    func received(_ bytes: RawSpan, on stream: ByteStream) {}
    func becameWritable(_ stream: ByteStream) {}

    func closed(_ stream: ByteStream, _ reason: SystemError?) {
        hasClosed = true
        onOpened?()
        onOpened = nil
        onClosed?()
    }
}
