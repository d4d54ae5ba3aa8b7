import Base
import Gateway
import Runtime
import Testing

/// The server over real sockets.
@Suite struct GatewayServerTests {
    @Test(
        .timeLimit(.minutes(1)),
        arguments: ["GET /healthz HTT", "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"])
    func `an HTTP/1.1 client that falls silent is closed`(text: String) async throws {
        let loop = try EventLoop(name: "gateway-test")
        var limits = GatewayLimits()
        limits.http1IdleLimit = .milliseconds(50)
        let silent = SilentClient()
        let wasClosed = try await withCheckedThrowingContinuation { continuation in
            loop.execute { [limits] in
                do {
                    let metrics = MetricRegistry()
                    var options = GatewayOptions()
                    options.limits = limits
                    let server = GatewayServer(
                        loop: loop, metrics: metrics, services: [], options: options)
                    let address = try server.listen(on: SocketAddress("127.0.0.1:0")!)
                    silent.start(text, address, loop) {
                        server.drain(within: .zero) {}
                        continuation.resume(returning: true)
                    }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
        #expect(wasClosed)
        await loop.stop()
    }
}

/// Says one thing and waits for the end. `@unchecked Sendable`: made by the test, used on the loop.
private final class SilentClient: ByteStreamDelegate, @unchecked Sendable {
    private var stream: ByteStream?
    private var onClosed: () -> Void = {}

    func start(
        _ text: String, _ address: SocketAddress, _ loop: EventLoop,
        onClosed: @escaping () -> Void
    ) {
        self.onClosed = onClosed
        let endpoint = Endpoint(host: address.host, port: address.port, tls: false)
        let stream = ByteStream.connect(
            to: endpoint, on: loop, timeout: .seconds(5), delegate: self)
        stream.output.append(Array(text.utf8))
        self.stream = stream
    }

    func received(_ bytes: RawSpan, on stream: ByteStream) {}
    func becameWritable(_ stream: ByteStream) {}
    func closed(_ stream: ByteStream, _ reason: SystemError?) { onClosed() }
}
