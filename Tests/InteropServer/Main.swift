import Base
import Gateway
import Runtime

/// Serves `grpc.testing.TestService` until SIGINT or SIGTERM:
///
///     InteropServer [--listen ADDR:PORT] [--tls-certificate FILE --tls-key FILE]
@main
struct InteropServer {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        MainThread.run {
            do {
                try await serve(words)
                return 0
            } catch {
                StandardStreams.error("InteropServer: \(error)\n")
                return 1
            }
        }
    }

    private enum Usage: Error { case badAddress(String), badOption(String), noValue(String) }

    private static func serve(_ words: [String]) async throws {
        var (text, certificate, key) = ("127.0.0.1:0", "", "")
        var rest = words[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Usage.noValue(name) }
            switch name {
            case "--listen": text = value
            case "--tls-certificate": certificate = value
            case "--tls-key": key = value
            default: throw Usage.badOption(name)
            }
        }
        guard let address = SocketAddress(text) else { throw Usage.badAddress(text) }
        let files = TLSCertificateFiles(certificate: certificate, key: key)
        let tls =
            certificate.isEmpty
            ? nil : try TLSServerContext(TLSServerOptions(certificates: [files]))
        ResourceLimits.raiseDescriptors()
        let loop = try EventLoop(name: "interop")
        try await withCheckedThrowingContinuation { continuation in
            loop.execute {
                do {
                    try listen(on: address, tls, loop) { continuation.resume() }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
        await loop.stop()
    }

    /// `done` is called when a signal came and every connection has ended.
    private static func listen(
        on address: SocketAddress, _ tls: TLSServerContext?, _ loop: EventLoop,
        done: @escaping () -> Void
    ) throws {
        var options = GatewayOptions()
        options.tls = tls
        let server = GatewayServer(
            loop: loop, metrics: MetricRegistry(), services: [InteropService(loop: loop)],
            options: options)
        StandardStreams.output("listening on \(try server.listen(on: address))\n")
        try Signals.deliver(on: loop) { signal in
            if signal != .hangUp { server.drain(within: .seconds(1), done: done) }
        }
    }
}
