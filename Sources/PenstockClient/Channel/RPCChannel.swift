internal import Base
package import GRPC
internal import HTTP2
package import Runtime

/// One server as its calls see it: a connection made when the first call wants one and shared by
/// all; another once the server says goodbye, while the old one finishes its calls; and after a
/// failure none for a while, longer each time.
///
/// Confined to its loop. At most one connection takes calls; those that do not are gone when their
/// calls have ended.
package final class RPCChannel {
    private let endpoint: Endpoint
    private let options: RPCChannelOptions
    private let loop: EventLoop
    private var backoff = RetryBackoff()
    private var random: SeededRandom
    private var connections: [ChannelConnection] = []
    /// Until then no connection is tried, and why.
    private var pause: (until: Instant, reason: String)?
    private var isClosed = false
    /// Whether a PING was one too many for the server, which told us so; then they come half as
    /// often (grpc/doc/keepalive.md, "ENHANCE_YOUR_CALM").
    private var keepaliveFactor = 1

    package init(
        to endpoint: Endpoint, on loop: EventLoop, options: RPCChannelOptions = RPCChannelOptions()
    ) {
        self.endpoint = endpoint
        self.options = options
        self.loop = loop
        random = SeededRandom(seed: options.seed)
    }

    /// What calls ask for: the name that the certificate must carry, where one was given.
    package var authority: String {
        if endpoint.path != nil { return endpoint.host }
        guard let name = endpoint.tls?.serverName else { return endpoint.description }
        return "\(name):\(endpoint.port)"
    }

    /// What is offered by ALPN, and must be chosen.
    package static let applicationProtocol = "h2"

    /// How long until a call has a chance.
    package var waitingTime: Duration {
        pause.map { max(.zero, $0.until - Clock.now()) } ?? .zero
    }

    package var connectionCount: Int { connections.count }

    /// Starts a call, connecting if need be; a connection that cannot be made ends it.
    /// - Throws: UNAVAILABLE while connecting is paused or the channel is closed,
    ///   RESOURCE_EXHAUSTED when too many calls wait.
    package func start(
        path: String, subtype: RPCSubtype = .protobuf, metadata: Metadata = Metadata(),
        timeout: Duration? = nil, handler: any RPCClientHandler
    ) throws(RPCStatus) -> RPCClientCall {
        loop.preconditionInLoop()
        let connection = try usableConnection()
        let call = connection.rpc.start(
            path: path, authority: authority, subtype: subtype, metadata: metadata,
            timeout: timeout, deadline: timeout.map { Clock.now() + $0 }, handler: handler)
        guard let call else {
            throw RPCStatus(.resourceExhausted, "too many calls wait for \(endpoint)")
        }
        afterWork(connection)
        return call
    }

    /// Ends every call with UNAVAILABLE and takes no more.
    package func close() {
        loop.preconditionInLoop()
        isClosed = true
        for connection in connections {
            connection.rpc.connectionLost("the channel was closed")
            remove(connection)
            connection.stream.closeAfterFlush()
        }
    }

    private func usableConnection() throws(RPCStatus) -> ChannelConnection {
        if isClosed { throw RPCStatus(.unavailable, "the channel is closed") }
        if let connection = connections.last, !connection.rpc.isDraining { return connection }
        if let pause, pause.until > Clock.now() { throw RPCStatus(.unavailable, pause.reason) }
        pause = nil
        return connect()
    }

    private func connect() -> ChannelConnection {
        let stream = ByteStream.connect(
            to: endpoint, on: loop, timeout: options.connectLimit, delegate: self)
        var limits = options.calls
        limits.keepaliveInterval *= keepaliveFactor
        let rpc = RPCClientConnection(
            output: stream.output, isSecure: endpoint.tls != nil, http2Limits: options.http2,
            limits: limits)
        let connection = ChannelConnection(stream: stream, rpc: rpc)
        rpc.awaitsOutput = { [weak self, weak connection] in
            if let connection { self?.continueAfterFlush(connection) }
        }
        connections.append(connection)
        return connection
    }

    /// The budget of the output was reached though the kernel may take all of it this turn.
    private func continueAfterFlush(_ connection: ChannelConnection) {
        loop.schedule(after: .zero) { [weak self, weak connection] in
            guard let self, let connection, connection.isOpen, !connection.stream.isBlocked else {
                return
            }
            connection.rpc.outputDrained()
            afterWork(connection)
        }
    }

    private func afterWork(_ connection: ChannelConnection) {
        let rpc = connection.rpc
        rpc.tick(now: Clock.now())
        if !connection.stream.output.isEmpty { connection.stream.flushAtEndOfTurn() }
        guard rpc.isFinished else { return schedule(connection) }
        guard remove(connection) else { return }
        if rpc.goAwayCode == .enhanceYourCalm { keepaliveFactor = min(keepaliveFactor * 2, 64) }
        if rpc.isBroken {
            // Nobody will read a goodbye.
            connection.stream.close()
            noteFailure("the connection to \(endpoint) broke")
        } else {
            connection.stream.closeAfterFlush()
        }
        rpc.connectionLost()
    }

    /// False: it was removed before.
    @discardableResult
    private func remove(_ connection: ChannelConnection) -> Bool {
        guard let index = connections.firstIndex(where: { $0 === connection }) else { return false }
        connections.remove(at: index)
        connection.stream.delegate = nil
        if let timer = connection.timer { loop.cancel(timer.id) }
        connection.timer = nil
        return true
    }

    /// The other side is not what we look for: nothing was said to it.
    private func refuse(_ connection: ChannelConnection, _ reason: String) {
        remove(connection)
        connection.stream.close()
        noteFailure(reason)
        connection.rpc.connectionLost(reason, wasNeverOpen: true)
    }

    private func noteFailure(_ reason: String) {
        pause = (Clock.now() + backoff.next(using: &random), reason)
    }

    /// Deadlines of calls and keepalive: the machine says when it wants to be asked again.
    private func schedule(_ connection: ChannelConnection) {
        guard let next = connection.rpc.nextTick else { return }
        if let timer = connection.timer {
            if timer.due <= next { return }
            loop.cancel(timer.id)
        }
        let id = loop.schedule(after: next - Clock.now()) { [weak self, weak connection] in
            guard let self, let connection else { return }
            connection.timer = nil
            afterWork(connection)
        }
        connection.timer = (id, next)
    }

    private func connection(of stream: ByteStream) -> ChannelConnection? {
        connections.first { $0.stream === stream }
    }
}

extension RPCChannel: ByteStreamDelegate {
    package func opened(_ stream: ByteStream) {
        guard let connection = connection(of: stream) else { return }
        if endpoint.tls != nil, stream.security?.applicationProtocol != Self.applicationProtocol {
            return refuse(connection, "\(endpoint) does not offer HTTP/2 over TLS")
        }
        connection.isOpen = true
        continueAfterFlush(connection)
    }

    package func received(_ bytes: RawSpan, on stream: ByteStream) {
        guard let connection = connection(of: stream) else { return }
        // The server proved itself; a call that it refuses has a backoff of its own.
        backoff.succeeded()
        connection.rpc.outputBlocked = stream.isBlocked
        connection.rpc.received(bytes)
        afterWork(connection)
    }

    package func becameWritable(_ stream: ByteStream) {
        guard let connection = connection(of: stream) else { return }
        connection.rpc.outputDrained()
        afterWork(connection)
    }

    package func closed(_ stream: ByteStream, _ reason: SystemError?) {
        guard let connection = connection(of: stream), remove(connection) else { return }
        let text = reason?.description ?? "\(endpoint) closed the connection"
        // A server that said goodbye is no failing server.
        if !connection.rpc.isDraining { noteFailure(text) }
        connection.rpc.connectionLost(text, wasNeverOpen: !connection.isOpen)
    }
}

/// One connection of a channel.
private final class ChannelConnection {
    let stream: ByteStream
    let rpc: RPCClientConnection
    var isOpen = false
    var timer: (id: TimerID, due: Instant)?

    init(stream: ByteStream, rpc: RPCClientConnection) {
        self.stream = stream
        self.rpc = rpc
    }
}
