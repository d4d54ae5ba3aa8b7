import Base
import Foundation
import Gateway
import Runtime
import Testing

/// How long a client may take to say what it wants, on a port with TLS.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")))
struct HandshakeLimitTests {
    private func makeContext() throws -> TLSServerContext {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("penstock-gateway-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (certificate, key) = (folder.path + "/server.pem", folder.path + "/server.key")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=test", "-keyout", key, "-out", certificate,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return try TLSServerContext(
            TLSServerOptions(certificates: [.init(certificate: certificate, key: key)]))
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [[], [0x16], [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3], Array("PRI *".utf8)])
    func `a client that stalls before it has said what it wants is closed`(_ bytes: [UInt8])
        async throws
    {
        let loop = try EventLoop(name: "handshake-test")
        let context = try makeContext()
        let metrics = MetricRegistry()
        let stalling = StallingClient()
        try await withCheckedThrowingContinuation { continuation in
            loop.execute {
                var options = GatewayOptions()
                options.limits.handshakeTimeout = .milliseconds(50)
                options.tls = context
                options.allowsCleartext = true
                let server = GatewayServer(
                    loop: loop, metrics: metrics, services: [], options: options)
                do {
                    let address = try server.listen(on: SocketAddress("127.0.0.1:0")!)
                    stalling.start(bytes, Endpoint(address), loop) {
                        server.drain(within: .zero) {}
                        continuation.resume()
                    }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
        let isHandshake = bytes.first ?? 0x16 == 0x16
        #expect(
            metrics.prometheusText().contains(
                "penstock_gateway_tls_handshakes_failed_total \(isHandshake ? 1 : 0)\n"))
        await loop.stop()
    }
}

/// Says the beginning of something and waits for the end. `@unchecked Sendable`: made by the test,
/// used on the loop.
private final class StallingClient: ByteStreamDelegate, @unchecked Sendable {
    private var onClosed: () -> Void = {}

    func start(
        _ bytes: [UInt8], _ endpoint: Endpoint, _ loop: EventLoop, onClosed: @escaping () -> Void
    ) {
        self.onClosed = onClosed
        let stream = ByteStream.connect(
            to: endpoint, on: loop, timeout: .seconds(5), delegate: self)
        stream.output.append(bytes)
    }

    func received(_ bytes: RawSpan, on stream: ByteStream) {}
    func becameWritable(_ stream: ByteStream) {}
    func closed(_ stream: ByteStream, _ reason: SystemError?) { onClosed() }
}
