import Base
import Gateway
import Runtime

/// Serves `grpc.testing.TestService` until SIGINT or SIGTERM:
///
///     InteropServer [--listen ADDR:PORT] [--tls-certificate FILE --tls-key FILE]
@main
struct InteropServer {
    static func main() {
        let words = CommandLine.arguments.dropFirst()
        MainThread.run {
            do {
                try await serve(Settings(words))
                return 0
            } catch {
                StandardStreams.error("InteropServer: \(error)\n")
                return 1
            }
        }
    }

    private static func serve(_ settings: Settings) async throws {
        ResourceLimits.raiseDescriptors()
        let loop = try EventLoop(name: "interop")
        try await withCheckedThrowingContinuation { continuation in
            loop.execute {
                do {
                    try listen(settings, loop) { continuation.resume() }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
        await loop.stop()
    }

    /// `done` is called when a signal came and every connection has ended.
    private static func listen(
        _ settings: Settings, _ loop: EventLoop, done: @escaping () -> Void
    ) throws {
        var options = GatewayOptions()
        options.tls = try settings.tls.map { try TLSServerContext($0) }
        let server = GatewayServer(
            loop: loop, metrics: MetricRegistry(), services: [InteropService(loop: loop)],
            options: options)
        StandardStreams.output("listening on \(try server.listen(on: settings.address))\n")
        try Signals.deliver(on: loop) { signal in
            if signal != .hangUp { server.drain(within: .seconds(1), done: done) }
        }
    }
}
