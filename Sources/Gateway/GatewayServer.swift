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
    let options: GatewayOptions
    var limits: GatewayLimits { options.limits }
    let metrics: GatewayMetrics
    let limitAccounting: LimitAccounting
    package let health: HealthService
    /// For connections from now on; nil: cleartext.
    private(set) var tls: TLSServerContext?
    private let allowsCleartext: Bool
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
    private var admission: Admission
    var ledger: MemoryLedger
    /// The connection to end next is being looked for.
    var isShedding = false
    private var drained: (() -> Void)?
    /// Once the server drains: when open calls end.
    private var drainEnd: Instant?
    let log = Log("gateway")

    package init(
        loop: EventLoop, metrics registry: MetricRegistry, services: [any RPCService],
        options: GatewayOptions = GatewayOptions()
    ) {
        self.loop = loop
        self.services = services
        allowsCleartext = options.allowsCleartext
        self.options = options
        admission = Admission(options.limits)
        ledger = MemoryLedger(ceiling: options.limits.memoryBytesMax)
        metrics = GatewayMetrics(registry, loop: loop.name)
        limitAccounting = LimitAccounting(registry)
        health = HealthService()
        let (health, sources) = (health, options.sources)
        pages = PlainPages(
            metrics: registry, isMetricsOpen: options.isMetricsOpen,
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
        if let tls = options.tls { replaceTLS(with: tls) }
    }

    /// Clients have to use TLS.
    var refusesCleartext: Bool { tls != nil && !allowsCleartext }

    /// Secures connections from now on with these certificates; those that live go on.
    package func replaceTLS(with fresh: TLSServerContext) {
        loop.preconditionInLoop()
        tls = fresh
        metrics.certificateExpiry.set(fresh.earliestExpiry.nanoseconds / 1_000_000_000)
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

    /// Begins to listen and reports how it serves. Returns the address with the port it got. Beside
    /// a predecessor (`joined`), connections wait until `takeOverPort`.
    package func listen(
        on address: SocketAddress, sharing: Listener.Sharing = .none
    ) throws(SystemError) -> SocketAddress {
        loop.countSends(with: metrics.sends)
        let listener = try Listener(loop: loop, address: address, sharing: sharing) {
            [weak self] in self?.accepted($0)
        }
        began(listener)
        return listener.boundAddress
    }

    /// Listens beside a path of this machine, for processes of the same user, who find it there
    /// after `publish`.
    package func listen(besidePath path: String) throws(SystemError) {
        began(try Listener(loop: loop, path: path) { [weak self] in self?.accepted($0) })
    }

    package func publish() throws(SystemError) { try listener?.publish() }

    private func began(_ listener: Listener) {
        self.listener = listener
        reportHealth()
        takeCensus()
    }

    /// New connections stay here while a successor joins the port that may not come to serve.
    package func keepPort() { listener?.steerConnections(to: 0) }

    /// Accepts from now on, in place of the predecessor that shared the port: of two, the second.
    package func takeOverPort() {
        listener?.steerConnections(to: 1)
        listener?.beginAccepting()
    }

    /// Readiness off, stop accepting, GOAWAY twice, and every call is told: subscribers leave at
    /// once, so that they go elsewhere; others have until `limit` to end by themselves, and then
    /// end with UNAVAILABLE. `done` is called once every connection has ended, in any case two
    /// seconds after that. To a successor that shares the port, connections that the kernel gave
    /// to this process are sent on before it stops accepting: none is reset.
    package func drain(
        within limit: Duration, hasSuccessor: Bool = false, done: @escaping () -> Void
    ) {
        guard drained == nil else { return }
        drained = done
        drainEnd = Clock.now() + limit
        health.stopServing()
        if hasSuccessor {
            loop.schedule(after: Self.portLinger) { [weak self] in self?.stopAccepting() }
        } else {
            stopAccepting()
        }
        for connection in Array(connections.values) { connection.drain(within: limit) }
        loop.schedule(after: limit + ConnectionLife.lingerMax * 2) { [weak self] in
            guard let self else { return }
            for connection in Array(connections.values) { connection.close() }
        }
    }

    /// How long connections that were under way to this process are waited for: a SYN that was sent
    /// again, and a round trip.
    private static let portLinger = Duration.milliseconds(1500)

    private func stopAccepting() {
        listener?.close()
        listener = nil
        reportIfDrained()
    }

    private func reportIfDrained() {
        guard connections.isEmpty, listener == nil, let done = drained else { return }
        drained = {}
        done()
    }

    private func accepted(_ stream: ByteStream) {
        let refusal = admission.connected(
            stream.peer, isMemoryShort: ledger.refusesConnections)
        if let refusal {
            metrics.refusedConnections.add()
            limitAccounting.reached(refusal, by: stream.peer)
            stream.close()
            return
        }
        let connection = GatewayConnection(
            id: identifiers.next(), stream: stream, server: self)
        connections[connection.id] = connection
        metrics.connections.set(Int64(connections.count))
        metrics.acceptedConnections.add()
        log.debug("accepted", [("peer", stream.peer.description)])
        if let drainEnd { connection.drain(within: max(.zero, drainEnd - Clock.now())) }
    }

    func ended(_ connection: GatewayConnection, peer: SocketAddress) {
        guard connections.removeValue(forKey: connection.id) != nil else { return }
        admission.disconnected(peer)
        ledger.changed(from: connection.notedBytes, to: 0)
        connection.notedBytes = 0
        metrics.connections.set(Int64(connections.count))
        reportIfDrained()
    }
}
