internal import Base
internal import GRPC
internal import HTTP1
internal import HTTP2
internal import Runtime

/// One client connection. Its first bytes decide whether it is secured by TLS, and the first ones
/// inside whether it speaks HTTP/2 or HTTP/1.1; from then on it only carries bytes between the
/// socket and that protocol's machine.
final class GatewayConnection: ByteStreamDelegate {
    private enum State {
        /// TLS or cleartext: not known yet, or the handshake is under way.
        case securing
        case detecting(ProtocolDetector)
        case http2(RPCServerConnection)
        case http1(HTTP1Session)
        case ended
    }

    let id: Int64
    let stream: ByteStream
    /// Each keeps the other until the connection has ended; `finish()` lets go.
    private let server: GatewayServer
    private var state = State.detecting(ProtocolDetector())
    private var timer: TimerID?
    /// Messages sent when the connection last looked, and when the latest of them was.
    private var messagesSeen = 0
    private var messagesSeenAt: Instant?
    /// When the timer fires.
    private var timerDue = Instant(nanoseconds: 0)
    /// Is to drain as soon as it is known how.
    private var drainsWithin: Duration?
    /// Bytes held for the peer, as the server's ledger knows them.
    var noted = HeldBytes()
    /// The next census asks it.
    var isInCensus = false

    init(id: Int64, stream: ByteStream, server: GatewayServer) {
        self.id = id
        self.stream = stream
        self.server = server
        stream.delegate = self
        stream.readBytesMax = Self.readBytesMax
        if let tls = server.tls {
            state = .securing
            stream.expectSecurity(tls)
        }
        timer = server.loop.schedule(after: server.limits.handshakeTimeout) { [weak self] in
            self?.timer = nil
            self?.handshakeTimedOut()
        }
    }

    // MARK: ByteStreamDelegate

    func opened(_ stream: ByteStream) {
        let security = stream.security
        if let security {
            server.metrics.handshakes.add()
            server.log.debug(
                "secured",
                [
                    ("peer", stream.peer.description), ("version", security.version),
                    ("cipher", security.cipher), ("protocol", security.applicationProtocol ?? ""),
                ])
        }
        state = .detecting(ProtocolDetector(negotiated: security?.applicationProtocol))
    }

    func received(_ bytes: RawSpan, on stream: ByteStream) {
        switch state {
        case .detecting(var detector):
            let verdict = detector.append(bytes)
            state = .detecting(detector)
            if let verdict { detected(verdict, detector.bytes) }
        case .http2(let connection):
            noteMessages(of: connection)
            connection.outputBlocked = stream.isBlocked
            connection.received(bytes, now: Clock.now())
            afterWork(connection)
        case .http1(let session):
            session.received(bytes)
            afterWork(session)
        case .securing, .ended: break
        }
    }

    func heldUp(_ stream: ByteStream) { noteHeldBytes() }

    func becameWritable(_ stream: ByteStream) {
        outputDrained()
    }

    func closed(_ stream: ByteStream, _ reason: SystemError?) {
        // A probe that connects and leaves has not begun one.
        if case .securing = state, let reason { handshakeFailed("\(reason)") }
        finish()
    }

    // MARK: For channelz

    /// What the connection did; nil while it does not speak HTTP/2.
    var report: RPCConnectionReport? {
        if case .http2(let connection) = state { connection.report } else { nil }
    }

    /// When the latest message left; nil: none did.
    var lastMessageSent: Instant? {
        if case .http2(let connection) = state { noteMessages(of: connection) }
        return messagesSeenAt
    }

    /// Sending a message notes no time. Whatever else makes the socket send begins with a read or a
    /// timer: if messages were sent since the last of those, the socket's last send was theirs.
    private func noteMessages(of connection: RPCServerConnection) {
        let sent = connection.messagesSent
        guard sent != messagesSeen else { return }
        messagesSeen = sent
        messagesSeenAt = stream.lastSent
    }

    // MARK: From the server

    /// Lets calls end for so long; what is no HTTP/2 ends at once, after its answers. Whoever has
    /// not said yet what it speaks is given a moment, so that it can be told in its own words.
    func drain(within limit: Duration) {
        switch state {
        case .http2(let connection):
            connection.beginDrain(now: Clock.now(), within: limit)
            afterWork(connection)
        case .http1:
            stream.closeAfterFlush()
            finish()
        case .securing, .detecting:
            drainsWithin = limit
            cancelTimer()
            timer = server.loop.schedule(after: min(limit, Self.greetingLimit)) { [weak self] in
                self?.timer = nil
                self?.close()
            }
        case .ended: break
        }
    }

    /// A hundred requests, which take a millisecond or two; a full frame takes two turns.
    private static let readBytesMax = 8 << 10

    /// For the first bytes of a connection that is to go.
    private static let greetingLimit = Duration.seconds(1)

    /// Ends a connection that makes us hold too much.
    func shed(_ limit: HTTP2Limit) {
        guard case .http2(let connection) = state else { return close() }
        connection.outputBlocked = stream.isBlocked
        connection.shed(limit)
        afterWork(connection)
    }

    /// Tells the server's ledger what this connection holds.
    func noteHeldBytes() {
        guard case .http2(let connection) = state else { return }
        let owner = noted.owner ?? (connection.firstCaller as? CallIdentity)?.name
        let held = HeldBytes(bytes: connection.heldBytes, owner: owner)
        if held != noted { server.held(held, by: self) }
    }

    func close() {
        stream.close()
        finish()
    }

    // MARK: Inside

    private func handshakeTimedOut() {
        switch state {
        case .securing: handshakeFailed("it took too long")
        case .detecting: break
        case .http2, .http1, .ended: return
        }
        server.limitAccounting.reached(.handshakeTime, by: stream.peer)
        close()
    }

    private func handshakeFailed(_ reason: String) {
        server.metrics.failedHandshakes.add()
        server.log.debug(
            "handshake failed", [("peer", stream.peer.description), ("reason", reason)])
    }

    private func detected(_ verdict: ProtocolDetector.Verdict, _ bytes: [UInt8]) {
        cancelTimer()
        if server.refusesCleartext && stream.security == nil {
            server.metrics.refusedCleartext.add()
            return refuse(Refusal.cleartext)
        }
        switch verdict {
        case .http2: state = .http2(makeHTTP2())
        case .http1:
            state = .http1(HTTP1Session(pages: server.pages, output: stream.output))
            stream.closeWhenIdle(for: server.limits.http1IdleLimit)
        case .tls:
            server.metrics.protocolErrors.add()
            return refuse(Refusal.tls)
        }
        unsafe bytes.withUnsafeBytes { unsafe received(RawSpan(_unsafeBytes: $0), on: stream) }
        if let drainsWithin { drain(within: drainsWithin) }
    }

    private func refuse(_ answer: (OutputBuffer) -> Void) {
        answer(stream.output)
        stream.closeAfterFlush()
        finish()
    }

    private func makeHTTP2() -> RPCServerConnection {
        let pages = server.pages
        let connection = RPCServerConnection(
            router: server.router, output: stream.output,
            peer: RPCPeer(
                address: stream.peer.description,
                certificate: stream.security?.peerCertificate),
            http2Limits: server.options.http2, limits: server.options.rpc,
            ageJitter: .random(in: -1...1)
        ) { request in
            let page = pages.page(method: request.method, path: request.path)
            return PlainResponse(
                status: page.status, contentType: page.contentType, body: page.body)
        }
        // The budget of the output was reached though the kernel may take all of it this turn.
        connection.awaitsOutput = { [weak self] in self?.continueAfterFlush() }
        let (accounting, address) = (server.limitAccounting, stream.peer)
        connection.limitReached = { accounting.reached($0, by: address) }
        return connection
    }

    /// Goes on in the next turn, or when the kernel has taken everything.
    private func continueAfterFlush() {
        server.loop.schedule(after: .zero) { [weak self] in
            guard let self, !stream.isBlocked else { return }
            outputDrained()
        }
    }

    private func outputDrained() {
        switch state {
        case .http2(let connection):
            connection.outputDrained()
            afterWork(connection)
        case .http1(let session):
            if session.isHeldUp { stream.resumeReading() }
            session.outputDrained()
            afterWork(session)
        case .securing, .detecting, .ended: break
        }
    }

    private func afterWork(_ connection: RPCServerConnection) {
        stream.flushAtEndOfTurn()
        if connection.isFinished {
            let isBroken = connection.failure != nil
            if isBroken { server.metrics.protocolErrors.add() }
            // Who breaks the rules and takes nothing would keep our memory to the last.
            if connection.isAbandoned || isBroken && stream.isBlocked {
                stream.close()
            } else {
                stream.closeAfterFlush()
            }
            finish()
            return
        }
        schedule(connection)
        noteHeldBytes()
    }

    private func afterWork(_ session: HTTP1Session) {
        stream.flushAtEndOfTurn()
        if session.isFinished {
            if session.isBroken { server.metrics.protocolErrors.add() }
            stream.closeAfterFlush()
            finish()
        } else if session.isHeldUp {
            stream.pauseReading()
            continueAfterFlush()
        }
    }

    /// Deadlines of calls, keepalive: the machine says when it wants to be asked again. That is
    /// later after every byte that arrives, so the timer stays as it is and asks too early.
    private func schedule(_ connection: RPCServerConnection) {
        guard let next = connection.nextTick else { return cancelTimer() }
        if timer != nil && timerDue <= next { return }
        cancelTimer()
        timerDue = next
        timer = server.loop.schedule(after: next - Clock.now()) { [weak self] in
            self?.timer = nil
            self?.tick()
        }
    }

    private func tick() {
        guard case .http2(let connection) = state else { return }
        noteMessages(of: connection)
        connection.outputBlocked = stream.isBlocked
        _ = connection.tick(now: Clock.now())
        afterWork(connection)
    }

    private func cancelTimer() {
        if let timer { server.loop.cancel(timer) }
        timer = nil
    }

    private func finish() {
        cancelTimer()
        let ended = state
        state = .ended
        if case .http2(let connection) = ended { connection.connectionLost() }
        server.ended(self, peer: stream.peer)
    }
}
