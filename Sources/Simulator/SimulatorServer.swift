internal import Base
internal import HTTP1
internal import Runtime

/// The part of the simulator that lives on its loop: listener, venues, connections.
final class SimulatorServer {
    private let loop: EventLoop
    private let hosts: [VenueHost]
    private var listener: Listener?
    private var connections: [ObjectIdentifier: SimulatorConnection] = [:]
    /// More connections at once are closed unanswered.
    private static let connectionsMax = 4096

    init(
        _ configuration: SimulatorConfiguration, loop: EventLoop,
        finished: @escaping (String) -> Void
    ) throws(RecordingError) {
        self.loop = loop
        var sources: [(SimulatedVenue, any MarketSource)] = []
        if configuration.recordings.isEmpty {
            for (place, venue) in SimulatedVenue.allCases.enumerated() {
                let seed = configuration.seed &+ UInt64(place)
                sources.append((venue, ModelTape(seed: seed, clock: Clock.timestamp)))
            }
        } else {
            let tapes = try RecordingLoader.load(configuration.recordings)
            for venue in SimulatedVenue.allCases {
                if let tape = tapes[venue] { sources.append((venue, tape)) }
            }
        }
        hosts = sources.map { venue, source in
            VenueHost(
                venue: venue, source: source, configuration: configuration, loop: loop,
                finished: finished)
        }
    }

    func listen(_ address: SocketAddress) throws(SystemError) -> SocketAddress {
        let listener = try Listener(loop: loop, address: address) { [weak self] stream in
            self?.accepted(stream)
        }
        self.listener = listener
        return listener.boundAddress
    }

    /// The prefixes venues are served under.
    var prefixes: [String] { hosts.map { "/" + $0.venue.rawValue } }

    /// `/binance/api/v3/depth` → (Binance, `/api/v3/depth`).
    func route(_ path: String) -> (VenueHost, String)? {
        let parts = path.dropFirst().split(
            separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let host = hosts.first(where: { $0.venue.rawValue == first })
        else { return nil }
        return (host, "/" + (parts.count > 1 ? parts[1] : ""))
    }

    func closed(_ connection: SimulatorConnection) {
        connections[ObjectIdentifier(connection)] = nil
    }

    func stop() {
        listener?.close()
        listener = nil
        for host in hosts { host.stop() }
        for connection in connections.values { connection.stop() }
    }

    private func accepted(_ stream: ByteStream) {
        guard connections.count < SimulatorServer.connectionsMax else { return stream.close() }
        let connection = SimulatorConnection(stream, server: self)
        connections[ObjectIdentifier(connection)] = connection
    }
}
