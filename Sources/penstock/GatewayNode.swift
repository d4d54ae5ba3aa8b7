internal import Base
internal import Connectors
internal import Core
internal import Gateway
internal import Identity
internal import Runtime

/// The gateway as it runs: hub, feeds and the server at the door, all pinned to the first loop, and
/// a worker on each further loop.
actor GatewayNode: Service {
    nonisolated let name = "serve"
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.asUnownedSerialExecutor()
    }

    private let workers: [GatewayWorker]
    private let metrics = MetricRegistry()
    private let configuration: ServeConfiguration
    private let tls: TLSServerContext?
    private var server: GatewayServer?
    private var authentication: AuthenticationInterceptor?
    private var feeds: [BinanceFeed] = []
    private var channels: [FeedChannel] = []
    /// The hub refers to its venues; this keeps them.
    private var bridges: [VenueBridge] = []
    private var takeover: Takeover?
    private var legacy: Legacy?
    private var isLeaving = false
    private let life = Life()
    private let log = Log("serve")

    /// - Parameter loops: at least one.
    init(loops: [EventLoop], configuration: ServeConfiguration, tls: TLSServerContext?) {
        loop = loops[0]
        workers = GatewayWorker.workers(on: loops, metrics)
        ProcessHeap.tell(metrics)
        self.configuration = configuration
        self.tls = tls
    }

    /// Listens, then connects to the venues: clients may come before the data does. Where there is
    /// a predecessor it is the other way round.
    func run() async throws {
        let hub = Hub(turn: loop, metrics: metrics, limits: configuration.limits.hub)
        for worker in workers {
            hub.lead(
                await worker.follow(hub.directory, hub.limits, owner: HubLink(to: hub, on: loop)))
        }
        let group = ServerGroup(configuration.limits.gateway)
        let credentials = try configuration.auth.readCredentials(at: name)
        let server = try makeServer(hub, in: group, credentials)
        for worker in workers {
            await worker.serve(in: group, manner, try makeAuthenticator(credentials))
        }
        if isLeaving { return }
        self.server = server
        if let takeover = configuration.takeover {
            try startFeeds(hub)
            guard let address = try await takeOver(takeover, hub, server) else {
                return stopFeeds()
            }
            announce(address)
        } else {
            announce(try server.listen(on: configuration.listen))
            try startFeeds(hub)
        }
        await life.wait()
    }

    private func announce(_ address: SocketAddress) {
        StandardStreams.output("listening on \(address)\n")
    }

    func shutDown() async {
        takeover?.cancel()
        await legacy?.settle(within: Command.successorLimit)
        leave()
    }

    /// Ends this process's part; again is a no-op.
    func leave() {
        guard !isLeaving else { return }
        isLeaving = true
        stopFeeds()
        legacy?.close()
        guard let server else { return life.end() }
        server.drain(within: Command.drainLimit, hasSuccessor: legacy?.isTaken ?? false) {
            [life] in life.end()
        }
    }

    /// Takes topics and port over if somebody has them. Nil: this process was asked to end.
    private func takeOver(
        _ options: TakeoverConfiguration, _ hub: Hub, _ server: GatewayServer
    ) async throws -> SocketAddress? {
        let address = configuration.listen
        /// Port and path: whatever can fail is done before the predecessor leaves.
        func open(_ sharing: Listener.Sharing) throws(SystemError) -> SocketAddress {
            legacy = try Legacy(
                of: self, hub: hub, feeds: feeds, server: server, address: address,
                besidePath: options.path)
            return try server.listen(on: address, sharing: sharing)
        }
        let takeover = Takeover(options, address: address, hub: hub, on: loop) {
            () throws(SystemError) in try open(.joined)
        }
        self.takeover = takeover
        defer { self.takeover = nil }
        switch await takeover.outcome() {
        case .beginsAnew:
            let address = try open(.offered)
            // A successor may come as soon as somebody reads that this one listens.
            try legacy?.offer()
            return address
        case .serves(let address):
            server.takeOverPort()
            do throws(SystemError) { try legacy?.offer() } catch {
                log.error("no successor will find this server", [("reason", "\(error)")])
            }
            return address
        case .failed(let reason):
            throw CommandFailure("serve: --takeover \(options.path): \(reason)")
        case .cancelled: return nil
        }
    }

    private func startFeeds(_ hub: Hub) throws {
        for feed in feeds { feed.start() }
        for venue in configuration.venues {
            for symbol in configuration.instruments {
                _ = try hub.board(venue: venue.venue, symbol: symbol)
            }
        }
    }

    private func stopFeeds() {
        for feed in feeds { feed.stop() }
    }

    /// Files are read again; what cannot be used changes nothing.
    func reload() async {
        await reloadCredentials()
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

    private var manner: GatewayWorker.Manner {
        GatewayWorker.Manner(
            limits: configuration.limits, auth: configuration.auth, tls: tls,
            allowsCleartext: configuration.tls.allowsCleartext)
    }

    private func makeServer(
        _ hub: Hub, in group: ServerGroup, _ credentials: AuthConfiguration.Credentials
    ) throws -> GatewayServer {
        for venue in configuration.venues { connect(venue, hub: hub) }
        let authentication = AuthenticationInterceptor(
            loop: loop, authenticator: try makeAuthenticator(credentials, isFirst: true),
            policy: configuration.auth.policy, metrics: metrics)
        self.authentication = authentication
        var options = configuration.limits.options
        options.isMetricsOpen = configuration.auth.isMetricsOpen
        options.census = { hub.takeCensus() }
        options.interceptors = [authentication]
        options.tls = tls
        options.sources = channels
        options.allowsCleartext = configuration.tls.allowsCleartext
        if let tls { warnOfExpiry(tls) }
        let service = MarketDataService(hub: hub, limits: configuration.limits.gateway)
        return GatewayServer(
            loop: loop, metrics: metrics, services: [service], options: options, group: group)
    }

    /// Tokens and key sets.
    private func reloadCredentials() async {
        let files = configuration.auth.files.joined(separator: ",")
        guard !files.isEmpty else { return }
        do throws(UsageError) {
            // Each loop has its own, of the same bytes: if one can be made, all can.
            let credentials = try configuration.auth.readCredentials(at: name)
            let own = try makeAuthenticator(credentials, isFirst: true)
            for worker in workers {
                await worker.replaceAuthenticator(try makeAuthenticator(credentials))
            }
            authentication?.replaceAuthenticator(own)
            log.info("credentials reloaded", [("files", files)])
        } catch {
            log.error("credentials not reloaded, the old ones stay", [("reason", error.message)])
        }
    }

    /// - Parameter isFirst: of several from the same credentials: warnings are told once.
    private nonisolated func makeAuthenticator(
        _ credentials: AuthConfiguration.Credentials, isFirst: Bool = false
    ) throws(UsageError) -> sending Authenticator {
        try configuration.auth.makeAuthenticator(
            credentials, listen: configuration.listen, at: name
        ) {
            if isFirst { log.warning("key set", [("what", $0)]) }
        }
    }

    private func connect(_ configuration: BinanceConfiguration, hub: Hub) {
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
