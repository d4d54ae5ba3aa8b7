internal import Base
internal import GRPC
internal import HTTP1
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

    private let stream: ByteStream
    /// Each keeps the other until the connection has ended; `finish()` lets go.
    private let server: GatewayServer
    private var state = State.detecting(ProtocolDetector())
    private var timer: TimerID?

    init(stream: ByteStream, server: GatewayServer) {
        self.stream = stream
        self.server = server
        stream.delegate = self
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
            connection.outputBlocked = stream.isBlocked
            connection.received(bytes, now: Clock.now())
            afterWork(connection)
        case .http1(let session):
            session.received(bytes)
            afterWork(session)
        case .securing, .ended: break
        }
    }

    func becameWritable(_ stream: ByteStream) {
        outputDrained()
    }

    func closed(_ stream: ByteStream, _ reason: SystemError?) {
        // A probe that connects and leaves has not begun one.
        if case .securing = state, let reason { handshakeFailed("\(reason)") }
        finish()
    }

    // MARK: From the server

    func drain() {
        guard case .http2(let connection) = state else { return close() }
        connection.beginDrain(now: Clock.now())
        connection.finishCalls(RPCStatus(.unavailable, "the server is shutting down"))
        afterWork(connection)
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
            wantsFlush: { [unowned stream] in stream.flushAtEndOfTurn() }
        ) { request in
            let page = pages.page(method: request.method, path: request.path)
            return PlainResponse(
                status: page.status, contentType: page.contentType, body: page.body)
        }
        // The budget of the output was reached though the kernel may take all of it this turn.
        connection.awaitsOutput = { [weak self] in self?.continueAfterFlush() }
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
            if connection.failure != nil { server.metrics.protocolErrors.add() }
            stream.closeAfterFlush()
            finish()
            return
        }
        schedule(connection)
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

    /// Deadlines of calls, keepalive: the machine says when it wants to be asked again.
    private func schedule(_ connection: RPCServerConnection) {
        cancelTimer()
        guard let next = connection.nextTick else { return }
        timer = server.loop.schedule(after: next - Clock.now()) { [weak self] in
            self?.timer = nil
            guard let self, case .http2(let connection) = state else { return }
            _ = connection.tick(now: Clock.now())
            afterWork(connection)
        }
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
        server.ended(self)
    }
}
