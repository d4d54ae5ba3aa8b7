internal import Base
internal import Connectors
internal import Core
internal import Gateway
internal import Identity
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
    private var authentication: AuthenticationInterceptor?
    private var feeds: [BinanceFeed] = []
    private var channels: [FeedChannel] = []
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

    /// Files are read again; what cannot be used changes nothing.
    func reload() async {
        reloadCredentials()
        await reloadCertificates()
    }

    private func reloadCertificates() async {
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
        let authentication = AuthenticationInterceptor(
            loop: loop, authenticator: try makeAuthenticator(), policy: configuration.auth.policy,
            metrics: metrics)
        self.authentication = authentication
        var options = configuration.limits.options
        options.isMetricsOpen = configuration.auth.isMetricsOpen
        options.interceptors = [authentication]
        options.tls = tls
        options.sources = channels
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

    /// Tokens and key sets.
    private func reloadCredentials() {
        let files = configuration.auth.files.joined(separator: ",")
        guard !files.isEmpty else { return }
        do throws(UsageError) {
            authentication?.replaceAuthenticator(try makeAuthenticator())
            log.info("credentials reloaded", [("files", files)])
        } catch {
            log.error("credentials not reloaded, the old ones stay", [("reason", error.message)])
        }
    }

    private func makeAuthenticator() throws(UsageError) -> Authenticator {
        try configuration.auth.makeAuthenticator(listen: configuration.listen, at: name) {
            log.warning("key set", [("what", $0)])
        }
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
        channels.append(FeedChannel(feed, configuration))
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
