package import Base
package import GRPC
internal import HTTP2
package import Runtime

/// The one port: accepts connections, finds out what they speak, and routes gRPC calls to the
/// services it was given, and to health, reflection and channelz, which it adds. It knows none of
/// them.
/// Confined to its loop.
package final class GatewayServer {
    let loop: EventLoop
    let router: RPCRouter
    let pages: PlainPages
    let limits: GatewayLimits
    let metrics: GatewayMetrics
    package let health: HealthService
    private let services: [any RPCService]
    private var listener: Listener?
    private let accounting: CallAccounting
    private let identifiers = ChannelzIdentifiers()
    let serverID: Int64
    let listenerID: Int64
    let trace = ChannelzTrace(at: Clock.timestamp())
    let channels: [ChannelzChannel]
    /// By number, which channelz shows.
    private(set) var connections: [Int64: GatewayConnection] = [:]
    private var drained: (() -> Void)?
    private let log = Log("gateway")

    package init(
        loop: EventLoop, metrics registry: MetricRegistry, services: [any RPCService],
        options: GatewayOptions = GatewayOptions()
    ) {
        self.loop = loop
        self.services = services
        limits = options.limits
        metrics = GatewayMetrics(registry)
        health = HealthService()
        let (health, sources) = (health, options.sources)
        pages = PlainPages(
            metrics: registry,
            status: { SystemStatus(sources.map(\.state), isOpen: !health.isStopped) })
        accounting = CallAccounting(registry)
        (serverID, listenerID) = (identifiers.next(), identifiers.next())
        let identifiers = identifiers
        channels = sources.map { ChannelzChannel($0, identifiers: identifiers) }
        router = RPCRouter(interceptors: [accounting] + options.interceptors)
        for service in services { service.register(in: router) }
        health.register(in: router)
        ChannelzService(server: self).register(in: router)
        ReflectionService(router: router).register(in: router)
        for channel in channels {
            channel.source.stateChanged = { [weak self, weak channel] in
                channel?.noteState()
                self?.reportHealth()
            }
        }
    }

    /// Tells the health service what the sources' states mean. The services of this server need
    /// all of them alike, so they serve when the server does.
    private func reportHealth() {
        guard listener != nil else { return }
        let serves = SystemStatus(channels.map(\.source.state), isOpen: true).serves
        for channel in channels {
            health.setStatus(channel.source.name, serving: channel.source.state.serves)
        }
        for service in services { health.setStatus(service.name, serving: serves) }
        health.setStatus("", serving: serves)
    }

    /// Calls of all connections since the start.
    var calls: CallCounts { accounting.counts }

    var boundAddress: SocketAddress? { listener?.boundAddress }

    /// Begins to listen and reports how it serves. Returns the address with the port it got.
    package func listen(on address: SocketAddress) throws(SystemError) -> SocketAddress {
        let listener = try Listener(loop: loop, address: address) { [weak self] stream in
            self?.accepted(stream)
        }
        self.listener = listener
        reportHealth()
        return listener.boundAddress
    }

    /// Readiness off, stop accepting, GOAWAY, calls end with UNAVAILABLE so that clients go
    /// elsewhere. `done` is called once every connection has ended, by itself or after `limit`.
    package func drain(within limit: Duration, done: @escaping () -> Void) {
        guard drained == nil else { return }
        drained = done
        health.stopServing()
        listener?.close()
        for connection in Array(connections.values) { connection.drain() }
        reportIfDrained()
        loop.schedule(after: limit) { [weak self] in
            guard let self else { return }
            for connection in Array(connections.values) { connection.close() }
        }
    }

    private func reportIfDrained() {
        guard connections.isEmpty, let done = drained else { return }
        drained = {}
        done()
    }

    private func accepted(_ stream: ByteStream) {
        guard connections.count < limits.connectionsMax else {
            metrics.refusedConnections.add()
            stream.close()
            return
        }
        let connection = GatewayConnection(
            id: identifiers.next(), stream: stream, server: self)
        connections[connection.id] = connection
        metrics.connections.set(Int64(connections.count))
        metrics.acceptedConnections.add()
        log.debug("accepted", [("peer", stream.peer.description)])
    }

    func ended(_ connection: GatewayConnection) {
        connections[connection.id] = nil
        metrics.connections.set(Int64(connections.count))
        reportIfDrained()
    }
}
