package import Base
package import GRPC
internal import HTTP2
package import Runtime

/// The one port: accepts connections, finds out what they speak, and routes gRPC calls to the
/// services it was given, and to health, reflection and channelz, which it adds. It knows none of
/// them.
///
/// With several loops there is one on each, and they are one `ServerGroup`: the first, at the door,
/// accepts for all of them, and what is asked of it is done by all. Confined to its loop.
package final class GatewayServer {
    let loop: EventLoop
    let group: ServerGroup
    /// Among the group; 0 is at the door.
    private(set) var place = 0
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
    let serverID: Int64
    let listenerID: Int64
    let trace = ChannelzTrace(at: Clock.timestamp())
    let channels: [ChannelzChannel]
    /// By number, which channelz shows.
    private(set) var connections: [Int64: GatewayConnection] = [:]
    /// Connections come, or are still under way to here.
    private var isAccepting = false
    private let sources = SourceBoard()
    var census = Census()
    /// Connections are to be ended in the next turn, because too much is held: those of these
    /// callers, and perhaps the largest of all.
    var isShedding = false
    var exceededOwners: Set<String> = []
    private var drained: (() -> Void)?
    /// While this one drains: whom it tells.
    private var door: WeaklyConfined<GatewayServer>?
    /// At the door: servers of the group that still have something to end.
    private var undrained = 0
    /// Once the server drains: when open calls end.
    private var drainEnd: Instant?
    let log = Log("gateway")

    /// - Parameter group: the servers of the other loops; nil: there are none. Sources and services
    ///   of the first one count for all.
    package init(
        loop: EventLoop, metrics registry: MetricRegistry, services: [any RPCService],
        options: GatewayOptions = GatewayOptions(), group: ServerGroup? = nil
    ) {
        let group = group ?? ServerGroup(options.limits)
        self.loop = loop
        self.group = group
        self.services = services
        allowsCleartext = options.allowsCleartext
        self.options = options
        metrics = GatewayMetrics(
            registry, loop: group.members.count, posts: loop.mailboxPosts)
        limitAccounting = LimitAccounting(registry, group: group)
        health = HealthService()
        let (health, sources) = (health, sources)
        pages = PlainPages(
            metrics: registry, isMetricsOpen: options.isMetricsOpen,
            status: { SystemStatus(sources.states.map(\.state), isOpen: !health.isStopped) })
        accounting = CallAccounting(registry)
        (serverID, listenerID) = (group.nextIdentifier(), group.nextIdentifier())
        channels = options.sources.map { ChannelzChannel($0, group: group) }
        router = RPCRouter(interceptors: [accounting] + options.interceptors)
        for service in services { service.register(in: router) }
        health.register(in: router)
        ChannelzService(server: self).register(in: router)
        ReflectionService(router: router).register(in: router)
        place = group.join(self, on: loop)
        tls = options.tls
        if let tls { noteExpiry(of: tls) }
        for channel in channels {
            channel.source.stateChanged = { [weak self, weak channel] in
                channel?.noteState()
                self?.sourcesChanged()
            }
        }
        sources.states = sourceStates
    }

    private(set) lazy var member = group.members[place]

    /// Runs `work` here and on all other servers of the group, each on its loop.
    private func everywhere(_ work: @escaping @Sendable (GatewayServer) -> Void) {
        loop.preconditionInLoop()
        work(self)
        group.tellOthers(than: place, work)
    }

    // MARK: TLS

    /// Clients have to use TLS.
    var refusesCleartext: Bool { tls != nil && !allowsCleartext }

    /// Secures connections from now on with these certificates; those that live go on.
    package func replaceTLS(with fresh: TLSServerContext) {
        noteExpiry(of: fresh)
        everywhere { $0.tls = fresh }
    }

    private func noteExpiry(of tls: TLSServerContext) {
        metrics.certificateExpiry.set(tls.earliestExpiry.nanoseconds / 1_000_000_000)
    }

    // MARK: Health

    private var sourceStates: [SourceState] {
        channels.map { SourceState(name: $0.source.name, state: $0.source.state) }
    }

    private func sourcesChanged() {
        let states = sourceStates
        let isOpen = isAccepting
        everywhere { server in
            server.sources.states = states
            if isOpen { server.reportHealth() }
        }
    }

    /// Tells the health service what the sources' states mean. The services of this server need
    /// all of them alike, so they serve when the server does.
    private func reportHealth() {
        let serves = SystemStatus(sources.states.map(\.state), isOpen: true).serves
        for source in sources.states {
            health.setStatus(source.name, serving: source.state.serves)
        }
        for service in services { health.setStatus(service.name, serving: serves) }
        health.setStatus("", serving: serves)
    }

    /// Calls of all connections since the start.
    var calls: CallCounts { accounting.counts }

    var boundAddress: SocketAddress? { listener?.boundAddress }

    // MARK: The port

    /// Begins to listen and reports how it serves. Returns the address with the port it got. Beside
    /// a predecessor (`joined`), connections wait until `takeOverPort`.
    package func listen(
        on address: SocketAddress, sharing: Listener.Sharing = .none
    ) throws(SystemError) -> SocketAddress {
        let listener = try Listener(
            loop: loop, dealingAt: address, sharing: sharing,
            deal: { [weak self] in self?.deal($0) })
        everywhere {
            $0.loop.countSends(with: $0.metrics.sends, batches: $0.metrics.sendBatches)
        }
        began(listener)
        return listener.boundAddress
    }

    /// Listens beside a path of this machine, for processes of the same user, who find it there
    /// after `publish`.
    package func listen(besidePath path: String) throws(SystemError) {
        began(
            try Listener(loop: loop, dealingAt: path, deal: { [weak self] in self?.deal($0) }))
    }

    package func publish() throws(SystemError) { try listener?.publish() }

    private func began(_ listener: Listener) {
        self.listener = listener
        everywhere { server in
            server.isAccepting = true
            server.takeCensus()
        }
        sourcesChanged()
    }

    /// New connections stay here while a successor joins the port that may not come to serve.
    package func keepPort() { listener?.steerConnections(to: 0) }

    /// Accepts from now on, in place of the predecessor that shared the port: of two, the second.
    package func takeOverPort() {
        listener?.steerConnections(to: 1)
        listener?.beginAccepting()
    }

    /// Gives a connection to the loop that has the fewest.
    private func deal(_ socket: AcceptedSocket) {
        if let refusal = group.connected(socket.peer) {
            metrics.refusedConnections.add()
            limitAccounting.reached(refusal, by: socket.peer)
            return socket.close()
        }
        metrics.acceptedConnections.add()
        metrics.connections.add(1)
        let member = group.leastLoaded()
        member.connections.add(1)
        if member.loop === loop { return take(socket) }
        let server = member.server
        member.loop.execute { server.open()?.take(socket) }
    }

    private func take(_ socket: AcceptedSocket) {
        let stream: ByteStream
        do throws(SystemError) { stream = try socket.open(on: loop) } catch {
            log.debug("cannot watch a connection", [("reason", "\(error)")])
            return left(socket.peer)
        }
        let connection = GatewayConnection(
            id: group.nextIdentifier(), stream: stream, server: self)
        connections[connection.id] = connection
        log.debug("accepted", [("peer", stream.peer.description)])
        if let drainEnd { connection.drain(within: max(.zero, drainEnd - Clock.now())) }
    }

    func ended(_ connection: GatewayConnection, peer: SocketAddress) {
        guard connections.removeValue(forKey: connection.id) != nil else { return }
        group.changed(from: connection.noted, to: HeldBytes())
        connection.noted = HeldBytes()
        left(peer)
    }

    private func left(_ peer: SocketAddress) {
        group.disconnected(peer)
        member.connections.add(-1)
        metrics.connections.add(-1)
        reportIfDrained()
    }

    // MARK: The end

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
        let door = WeaklyConfined(self, to: loop)
        undrained = group.members.count
        everywhere { $0.beginDrain(within: limit, telling: door) }
        if hasSuccessor {
            loop.schedule(after: Self.portLinger) { [weak self] in self?.stopAccepting() }
        } else {
            stopAccepting()
        }
    }

    /// How long connections that were under way to this process are waited for: a SYN that was sent
    /// again, and a round trip.
    private static let portLinger = Duration.milliseconds(1500)

    private func stopAccepting() {
        listener?.close()
        listener = nil
        // After whatever was dealt to them.
        everywhere { server in
            server.isAccepting = false
            server.reportIfDrained()
        }
    }

    private func beginDrain(within limit: Duration, telling door: WeaklyConfined<GatewayServer>) {
        guard drainEnd == nil else { return }
        drainEnd = Clock.now() + limit
        self.door = door
        isAccepting = true
        health.stopServing()
        for connection in Array(connections.values) { connection.drain(within: limit) }
        loop.schedule(after: limit + ConnectionLife.lingerMax * 2) { [weak self] in
            guard let self else { return }
            for connection in Array(connections.values) { connection.close() }
        }
    }

    private func reportIfDrained() {
        guard connections.isEmpty, !isAccepting, let door else { return }
        self.door = nil
        if door.loop === loop { return door.open()?.memberDrained() ?? () }
        door.loop.execute { door.open()?.memberDrained() }
    }

    private func memberDrained() {
        undrained -= 1
        guard undrained == 0, let done = drained else { return }
        drained = {}
        done()
    }
}

/// What became of the sources, as every loop knows it.
private final class SourceBoard {
    var states: [SourceState] = []
}

private struct SourceState: Sendable {
    var name: String
    var state: ChannelState
}
