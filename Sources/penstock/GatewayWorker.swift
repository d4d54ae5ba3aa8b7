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

    init(loop: EventLoop, metrics: MetricRegistry) {
        (self.loop, self.metrics) = (loop, metrics)
    }

    /// Makes the hub that follows. The link leads to it.
    func follow(
        _ directory: TopicDirectory, limits: HubLimits, owner: HubLink<FollowerWish>
    ) -> HubLink<HubNews> {
        let hub = Hub(
            following: directory, turn: loop, metrics: metrics, limits: limits, owner: owner)
        self.hub = hub
        return HubLink(to: hub, on: loop)
    }

    /// Takes the connections that are dealt to this loop from now on. Without an authenticator
    /// nobody is asked who he is.
    func serve(in group: ServerGroup, _ manner: Manner, _ authenticator: sending Authenticator?) {
        guard let hub else { preconditionFailure("a worker serves what it follows") }
        var options = manner.limits.options
        options.tls = manner.tls
        options.allowsCleartext = manner.allowsCleartext
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
