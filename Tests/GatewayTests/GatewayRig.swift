import Base
import Core
import GRPC
import Runtime
import Schema

@testable import Gateway

/// A gateway with one benchmark topic on the loop at its door, and raw clients of it.
final class GatewayRig: Sendable {
    private let loop: EventLoop
    private let others: [EventLoop]
    private let metrics = MetricRegistry()
    let group: ServerGroup
    /// The one at the door first.
    let servers: [Confined<GatewayServer>]
    let topic: Confined<EventTopic>
    let address: SocketAddress

    convenience init(_ options: sending GatewayOptions) async throws {
        let limits = options.limits
        let options = Confined(options, to: try EventLoop(name: "rig-0"))
        try await self.init(limits, loops: [options.loop]) { _ in options.open() }
    }

    /// A server on each of so many loops.
    convenience init(limits: GatewayLimits = GatewayLimits(), loops count: Int) async throws {
        let loops = try (0..<count).map { try EventLoop(name: "rig-\($0)") }
        try await self.init(limits, loops: loops) { limits in
            var options = GatewayOptions()
            options.limits = limits
            // Clients here answer no PING, and a test may have to wait for all others.
            options.rpc.keepaliveInterval = .seconds(3600)
            return options
        }
    }

    private init(
        _ limits: GatewayLimits, loops: [EventLoop],
        options: @escaping @Sendable (GatewayLimits) -> GatewayOptions
    ) async throws {
        loop = loops[0]
        others = Array(loops.dropFirst())
        let (metrics, group) = (metrics, ServerGroup(limits))
        self.group = group
        var parts: [(server: Confined<GatewayServer>, topic: Confined<EventTopic>)] = []
        for loop in loops {
            parts.append(
                try await loop.run {
                    let hub = Hub(turn: loop, metrics: metrics)
                    let topic = hub.addEventTopic(named: Self.topicName)
                    let server = GatewayServer(
                        loop: loop, metrics: metrics, services: [MarketDataService(hub: hub)],
                        options: options(limits), group: group)
                    return (Confined(server, to: loop), Confined(topic, to: loop))
                })
        }
        (servers, topic) = (parts.map(\.server), parts[0].topic)
        let door = servers[0]
        address = try await loop.run {
            try door.open().listen(on: SocketAddress("127.0.0.1:0")!)
        }
    }

    static let topicName = "bench:0"

    /// Until that is so of the topic and of the server at the door. Asked for again and again: what
    /// makes it so, a census that ends say, tells nobody.
    func wait(
        until isSo: @escaping @Sendable (EventTopic, GatewayServer) -> Bool
    ) async throws {
        let (topic, server) = (topic, servers[0])
        while try await !loop.run({ isSo(topic.open(), server.open()) }) {
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    func publish(_ data: [UInt8]) {
        let topic = topic
        loop.execute { topic.open().append(data) }
    }

    /// Connections of each loop.
    var spread: [Int] { group.members.map { Int($0.connections.value) } }

    func connect(saying bytes: [UInt8] = []) async -> RawClient {
        let client = RawClient(loop)
        await client.connect(to: address, saying: bytes)
        return client
    }

    /// How many of these are closed.
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
        await drain()
        await end()
    }

    /// Until every connection has ended.
    func drain() async {
        let server = servers[0]
        await withCheckedContinuation { continuation in
            loop.execute { server.open().drain(within: .zero) { continuation.resume() } }
        }
    }

    /// Whatever is still open ends with its loop.
    func end() async {
        for loop in others { await loop.stop() }
        await loop.stop()
    }

    /// A call whose first message is announced as longer than what comes.
    static func unfinishedMessage(bytes: Int) -> [UInt8] {
        call(saying: [0, 0, 16, 0, 0], isOver: false) + moreOfMessage(bytes: bytes)
    }

    /// Further bytes of it.
    static func moreOfMessage(bytes: Int) -> [UInt8] {
        let piece = frame(0, 0, 1, [UInt8](repeating: 7, count: 10_000))
        return Array(repeatElement(piece, count: bytes / 10_000).joined())
    }

    /// A call that subscribes to the topic. The client never widens its windows.
    static func subscription() -> [UInt8] {
        let message = SubscribeRequest(topics: [topicName]).encoded(.protobuf)
        return call(saying: [0, 0, 0, 0, UInt8(message.count)] + message, isOver: true)
    }

    private static func frame(
        _ type: UInt8, _ flags: UInt8, _ stream: UInt8, _ payload: [UInt8]
    ) -> [UInt8] {
        [UInt8(payload.count >> 16), UInt8(payload.count >> 8 & 255)]
            + [UInt8(payload.count & 255), type, flags, 0, 0, 0, stream] + payload
    }

    /// A connection's first bytes: a call of `Subscribe` and these of its first message.
    private static func call(saying bytes: [UInt8], isOver: Bool) -> [UInt8] {
        func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }
        let block: [UInt8] =
            [0x83, 0x86, 0x04] + text("/penstock.v1.MarketData/Subscribe") + [0x01] + text("x")
            + [0x0f, 0x10] + text("application/grpc")
        let all = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(4, 0, 0, [])
        return all + frame(1, 4, 1, block) + frame(0, isOver ? 1 : 0, 1, bytes)
    }
}

/// Says one thing and notes when it is closed. Used on its loop.
final class RawClient: ByteStreamDelegate, @unchecked Sendable {
    private let loop: EventLoop
    private var stream: ByteStream?
    private var onOpened: (() -> Void)?
    private var onClosed: (() -> Void)?
    private var onHeard: (() -> Void)?
    private var heard: [UInt8] = []
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

    /// All of these within one turn of the loop that they share with the server.
    static func say(_ clients: [(RawClient, [UInt8])]) {
        clients[0].0.loop.execute {
            for (client, bytes) in clients {
                client.stream?.output.append(bytes)
                client.stream?.flushAtEndOfTurn()
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

    func received(_ bytes: RawSpan, on stream: ByteStream) {
        heard += bytes.copyBytes()
        onHeard?()
        onHeard = nil
    }

    /// Until the server has said something, so that the connection is on its loop.
    func waitUntilHeard() async {
        await withCheckedContinuation { continuation in
            loop.execute { [self] in
                if heard.isEmpty {
                    onHeard = { continuation.resume() }
                } else {
                    continuation.resume()
                }
            }
        }
    }

    var text: String {
        get async {
            await withCheckedContinuation { continuation in
                loop.execute { [self] in
                    continuation.resume(returning: String(decoding: heard, as: UTF8.self))
                }
            }
        }
    }

    func close() async {
        await withCheckedContinuation { continuation in
            loop.execute { [self] in
                stream?.close()
                continuation.resume()
            }
        }
    }

    func becameWritable(_ stream: ByteStream) {}

    func closed(_ stream: ByteStream, _ reason: SystemError?) {
        hasClosed = true
        onOpened?()
        onOpened = nil
        onClosed?()
    }
}
