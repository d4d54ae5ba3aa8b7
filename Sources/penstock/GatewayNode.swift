internal import Base
internal import Connectors
internal import Core
internal import Gateway
internal import Runtime

/// The gateway as it runs: hub, feeds and server, all pinned to one loop.
actor GatewayNode: Service {
    nonisolated let name = "serve"
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.asUnownedSerialExecutor()
    }

    private let configuration: ServeConfiguration
    private let tls: TLSServerContext?
    private var server: GatewayServer?
    private var feeds: [BinanceFeed] = []
    /// The hub refers to its venues; this keeps them.
    private var bridges: [VenueBridge] = []
    private let life = Life()
    private let log = Log("serve")

    init(loop: EventLoop, configuration: ServeConfiguration, tls: TLSServerContext?) {
        self.loop = loop
        self.configuration = configuration
        self.tls = tls
    }

    /// Listens, then connects to the venues: clients may come before the data does.
    func run() async throws {
        StandardStreams.output("listening on \(try start())\n")
        await life.wait()
    }

    func shutDown() async {
        for feed in feeds { feed.stop() }
        await server?.drain(within: Command.drainLimit)
        life.end()
    }

    /// Certificates, keys and authorities are read again; if one cannot be used the old ones stay.
    func reload() async {
        guard let options = configuration.tls.server else { return }
        let outcome = await withCheckedContinuation { continuation in
            TLSServerContext.load(options, on: loop) { continuation.resume(returning: $0) }
        }
        switch outcome {
        case .success(let fresh):
            server?.replaceTLS(with: fresh)
            log.info("certificates reloaded", [("expiry", "\(fresh.earliestExpiry)")])
            warnOfExpiry(fresh)
        case .failure(let error):
            log.error("certificates not reloaded, the old ones stay", [("reason", "\(error)")])
        }
    }

    private func warnOfExpiry(_ tls: TLSServerContext) {
        guard tls.earliestExpiry < Clock.timestamp() else { return }
        log.warning("a certificate has expired", [("expiry", "\(tls.earliestExpiry)")])
    }

    private func start() throws -> SocketAddress {
        let metrics = MetricRegistry()
        let hub = Hub(turn: loop, metrics: metrics)
        for venue in configuration.venues { connect(venue, hub: hub, metrics: metrics) }
        var options = configuration.limits.options
        options.tls = tls
        options.allowsCleartext = configuration.tls.allowsCleartext
        if let tls { warnOfExpiry(tls) }
        let service = MarketDataService(hub: hub, limits: configuration.limits.gateway)
        let server = GatewayServer(
            loop: loop, metrics: metrics, services: [service], options: options)
        let address = try server.listen(on: configuration.listen)
        self.server = server
        for feed in feeds { feed.start() }
        for venue in configuration.venues {
            for symbol in configuration.instruments {
                _ = try hub.board(venue: venue.venue, symbol: symbol)
            }
        }
        return address
    }

    private func connect(
        _ configuration: BinanceConfiguration, hub: Hub, metrics: MetricRegistry
    ) {
        let bridge = VenueBridge(venue: configuration.venue, hub: hub)
        let feed = BinanceFeed(
            loop: loop, configuration: configuration, sink: bridge, metrics: metrics)
        bridge.attach(feed)
        hub.register(bridge)
        bridges.append(bridge)
        feeds.append(feed)
    }
}

extension GatewayServer {
    /// Drains and suspends until every connection has ended.
    func drain(within limit: Duration) async {
        await withCheckedContinuation { continuation in
            drain(within: limit) { continuation.resume() }
        }
    }
}
