import Base
import Runtime
import Testing

@testable import Gateway

/// A server that leaves its port to a successor, over real sockets.
@Suite(.timeLimit(.minutes(1))) struct GatewayDrainTests {
    private static let preface =
        Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]

    /// What a client saw.
    struct Seen: Sendable {
        var bytes: [UInt8]
        /// From the drain to the end.
        var time: Duration
        /// The client ended it.
        var isOwn: Bool
    }

    /// Connects before or right after a drain begins; says `text` as soon as that has begun.
    private func drain(
        hasSuccessor: Bool, connectsBefore: Bool, within limit: Duration, saying text: [UInt8],
        until isEnough: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws -> Seen {
        let loop = try EventLoop(name: "drain-test")
        let seen = await withCheckedContinuation { continuation in
            loop.execute {
                let scene = DrainScene(loop, text, isEnough) { continuation.resume(returning: $0) }
                scene.begin(
                    hasSuccessor: hasSuccessor, connectsBefore: connectsBefore, within: limit)
            }
        }
        await loop.stop()
        return seen
    }

    /// Types of the whole HTTP/2 frames.
    private static func frames(_ bytes: [UInt8]) -> [UInt8] {
        var types: [UInt8] = []
        var rest = bytes[...]
        while rest.count >= 9 {
            let length = rest.prefix(3).reduce(0) { $0 << 8 | Int($1) }
            types.append(rest[rest.startIndex + 3])
            rest = rest.dropFirst(9 + length)
        }
        return types
    }

    private static let goAway: UInt8 = 7

    @Test(arguments: [true, false])
    func `a connection that has said nothing yet is told to go once it speaks`(
        connectsBefore: Bool
    ) async throws {
        let seen = try await drain(
            hasSuccessor: true, connectsBefore: connectsBefore, within: .seconds(30),
            saying: Self.preface, until: { Self.frames($0).contains(Self.goAway) })
        #expect(seen.isOwn)
        #expect(seen.time < .seconds(10))
    }

    @Test func `a connection that stays silent is closed after a second`() async throws {
        let seen = try await drain(
            hasSuccessor: true, connectsBefore: true, within: .seconds(30), saying: [],
            until: { _ in false })
        #expect(seen.bytes.isEmpty && !seen.isOwn)
        #expect(seen.time > .milliseconds(900) && seen.time < .seconds(15))
    }

    @Test func `a connection that has said half a greeting is closed after a second`() async throws
    {
        let seen = try await drain(
            hasSuccessor: false, connectsBefore: true, within: .seconds(30),
            saying: Array(Self.preface.prefix(5)), until: { _ in false })
        #expect(seen.bytes.isEmpty && !seen.isOwn)
        #expect(seen.time > .milliseconds(900) && seen.time < .seconds(15))
    }

    @Test func `a connection that is silent is closed with the limit if that is shorter`()
        async throws
    {
        let seen = try await drain(
            hasSuccessor: false, connectsBefore: true, within: .zero, saying: [],
            until: { _ in false })
        #expect(!seen.isOwn && seen.time < .milliseconds(900))
    }

    @Test func `an HTTP/1.1 client is answered, then closed`() async throws {
        let seen = try await drain(
            hasSuccessor: true, connectsBefore: false, within: .seconds(30),
            saying: Array("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".utf8), until: { _ in false })
        #expect(String(decoding: seen.bytes, as: UTF8.self).hasPrefix("HTTP/1.1 503"))
        #expect(!seen.isOwn && seen.time < .seconds(10))
    }

    @Test func `without a successor nobody is accepted any more`() async throws {
        let seen = try await drain(
            hasSuccessor: false, connectsBefore: false, within: .seconds(30),
            saying: Self.preface, until: { _ in false })
        #expect(seen.bytes.isEmpty && !seen.isOwn)
    }
}

/// A server, its drain, and one client. `@unchecked Sendable`: made and used on the loop.
private final class DrainScene: ByteStreamDelegate, @unchecked Sendable {
    private let loop: EventLoop
    private let text: [UInt8]
    private let isEnough: ([UInt8]) -> Bool
    private let done: (GatewayDrainTests.Seen) -> Void
    private let server: GatewayServer
    private var stream: ByteStream?
    private var bytes: [UInt8] = []
    private var began = Clock.now()
    private var isDrained = false
    private var end: (isOwn: Bool, time: Duration)?
    private var itself: DrainScene?

    init(
        _ loop: EventLoop, _ text: [UInt8], _ isEnough: @escaping ([UInt8]) -> Bool,
        done: @escaping (GatewayDrainTests.Seen) -> Void
    ) {
        (self.loop, self.text, self.isEnough, self.done) = (loop, text, isEnough, done)
        server = GatewayServer(loop: loop, metrics: MetricRegistry(), services: [])
        itself = self
    }

    func begin(hasSuccessor: Bool, connectsBefore: Bool, within limit: Duration) {
        guard
            let address = try? server.listen(
                on: SocketAddress("127.0.0.1:0")!, sharing: .offered)
        else { preconditionFailure("cannot listen") }
        if connectsBefore { connect(to: address) }
        whenAccepted(connectsBefore ? 1 : 0) { [self] in
            began = Clock.now()
            server.drain(within: limit, hasSuccessor: hasSuccessor) { [self] in
                isDrained = true
                reportIfOver()
            }
            if !connectsBefore { connect(to: address) }
            speak()
        }
    }

    private func connect(to address: SocketAddress) {
        stream = ByteStream.connect(
            to: Endpoint(address), on: loop, timeout: .seconds(10), delegate: self)
    }

    /// Asks again in each turn.
    private func whenAccepted(_ count: Int, _ body: @escaping () -> Void) {
        if server.connections.count >= count { return body() }
        loop.schedule(after: .zero) { [self] in whenAccepted(count, body) }
    }

    private func speak() {
        stream?.output.append(text)
        stream?.flushAtEndOfTurn()
    }

    /// The server's drain ends, too, and not before its connections have.
    private func reportIfOver() {
        guard isDrained, let end, itself != nil else { return }
        itself = nil
        done(.init(bytes: bytes, time: end.time, isOwn: end.isOwn))
    }

    private func ends(isOwn: Bool) {
        if end == nil { end = (isOwn, Clock.now() - began) }
        reportIfOver()
    }

    // MARK: ByteStreamDelegate

    func becameWritable(_ stream: ByteStream) {}
    func closed(_ stream: ByteStream, _ reason: SystemError?) { ends(isOwn: false) }

    func received(_ received: RawSpan, on stream: ByteStream) {
        bytes += received.copyBytes()
        guard end == nil, isEnough(bytes) else { return }
        ends(isOwn: true)
        stream.close()
    }
}
