import Base
import Gateway
import Runtime

/// Serves `grpc.testing.TestService` until SIGINT or SIGTERM:
///
///     InteropServer [--listen ADDR:PORT]
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

    private enum Usage: Error { case badAddress(String) }

    private static func serve(_ words: [String]) async throws {
        let text = words.first == "--listen" ? words.dropFirst().first ?? "" : "127.0.0.1:0"
        guard let address = SocketAddress(text) else { throw Usage.badAddress(text) }
        ResourceLimits.raiseDescriptors()
        let loop = try EventLoop(name: "interop")
        try await withCheckedThrowingContinuation { continuation in
            loop.execute {
                do {
                    try listen(on: address, loop) { continuation.resume() }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
        await loop.stop()
    }

    /// `done` is called when a signal came and every connection has ended.
    private static func listen(
        on address: SocketAddress, _ loop: EventLoop, done: @escaping () -> Void
    ) throws {
        let server = GatewayServer(
            loop: loop, metrics: MetricRegistry(), services: [InteropService(loop: loop)])
        StandardStreams.output("listening on \(try server.listen(on: address))\n")
        try Signals.deliver(on: loop) { signal in
            if signal != .hangUp { server.drain(within: .seconds(1), done: done) }
        }
    }
}
