internal import Base
internal import Core
internal import Gateway
internal import Identity
internal import Runtime

/// The gateway's share of one further loop: subscribers, served from topics that follow those of
/// the first loop.
actor GatewayWorker {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.asUnownedSerialExecutor()
    }

    private let number: Int
    private let metrics: MetricRegistry
    private var hub: Hub?
    private var server: GatewayServer?
    private var authentication: AuthenticationInterceptor?

    /// How it serves; the same on every loop.
    struct Manner: Sendable {
        var limits: LimitConfiguration
        var auth = AuthConfiguration()
        var tls: TLSServerContext?
        var allowsCleartext = false
    }

    /// - Parameter number: of the loop; the first worker's is 1.
    init(_ number: Int, loop: EventLoop, metrics: MetricRegistry) {
        (self.number, self.loop, self.metrics) = (number, loop, metrics)
    }

    /// A worker on each loop but the first.
    static func workers(on loops: [EventLoop], _ metrics: MetricRegistry) -> [GatewayWorker] {
        loops.enumerated().dropFirst().map {
            GatewayWorker($0.offset, loop: $0.element, metrics: metrics)
        }
    }

    /// Makes the hub that follows. Returns what wakes it when there are news.
    func follow(
        _ directory: TopicDirectory, _ limits: HubLimits, owner: HubLink
    ) -> @Sendable () -> Void {
        let hub = Hub(
            following: directory, turn: loop, loop: number, metrics: metrics, limits: limits,
            owner: owner)
        self.hub = hub
        return hub.wakeup(on: loop)
    }

    /// Takes the connections that are dealt to this loop from now on. Without an authenticator
    /// nobody is asked who he is.
    func serve(in group: ServerGroup, _ manner: Manner, _ authenticator: sending Authenticator?) {
        guard let hub else { preconditionFailure("a worker serves what it follows") }
        var options = manner.limits.options
        options.tls = manner.tls
        options.allowsCleartext = manner.allowsCleartext
        options.census = { hub.takeCensus() }
        options.isMetricsOpen = manner.auth.isMetricsOpen
        if let authenticator {
            let authentication = AuthenticationInterceptor(
                loop: loop, authenticator: authenticator, policy: manner.auth.policy,
                metrics: metrics)
            self.authentication = authentication
            options.interceptors = [authentication]
        }
        let service = MarketDataService(hub: hub, limits: manner.limits.gateway)
        server = GatewayServer(
            loop: loop, metrics: metrics, services: [service], options: options, group: group)
    }

    func replaceAuthenticator(_ fresh: sending Authenticator) {
        authentication?.replaceAuthenticator(fresh)
    }
}
