package import Runtime
internal import Synchronization

/// Why a simulator did not start.
package enum SimulatorError: Error, Sendable, CustomStringConvertible {
    case recording(RecordingError)
    case listen(SocketAddress, SystemError)

    package var description: String {
        switch self {
        case .recording(let error): error.description
        case .listen(let address, let error):
            "--listen \(address): \(error); allowed: a free ADDR:PORT of this machine"
        }
    }
}

/// Exchanges as they really behave, on one loop: Binance under `/binance`, Binance.US under
/// `/binance_us`, WebSocket and REST on one port.
package final class Simulator: Sendable {
    private let configuration: SimulatorConfiguration
    private let loop: EventLoop
    private let finished: @Sendable (String) -> Void
    private let server = Mutex<Confined<SimulatorServer>?>(nil)

    /// - Parameter finished: gets one line, `finished venue=… messages=…`, when a venue's tape has
    ///   played to its end. Called on the loop.
    package init(
        _ configuration: SimulatorConfiguration, loop: EventLoop,
        finished: @escaping @Sendable (String) -> Void
    ) {
        self.configuration = configuration
        self.loop = loop
        self.finished = finished
    }

    /// Reads the recordings and listens.
    /// - Returns: the address bound, with the port in place of 0.
    package func start() async throws -> SocketAddress {
        let (configuration, loop, finished) = (self.configuration, self.loop, self.finished)
        let running = try await loop.run {
            try Simulator.open(configuration, loop: loop, finished: finished)
        }
        server.withLock { $0 = running.server }
        return running.address
    }

    private struct Running: Sendable {
        let server: Confined<SimulatorServer>
        let address: SocketAddress
    }

    private static func open(
        _ configuration: SimulatorConfiguration, loop: EventLoop,
        finished: @escaping (String) -> Void
    ) throws(SimulatorError) -> Running {
        let server: SimulatorServer
        do throws(RecordingError) {
            server = try SimulatorServer(configuration, loop: loop, finished: finished)
        } catch {
            throw .recording(error)
        }
        do throws(SystemError) {
            let address = try server.listen(configuration.listen)
            return Running(server: Confined(server, to: loop), address: address)
        } catch {
            throw .listen(configuration.listen, error)
        }
    }

    /// Stops listening and closes every connection with a close frame.
    package func stop() async {
        guard let server = server.withLock({ $0.take() }) else { return }
        _ = try? await loop.run { server.open().stop() }
    }
}
