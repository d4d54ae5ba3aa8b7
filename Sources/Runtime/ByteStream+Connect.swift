internal import Base
internal import CLinux

/// What a stream remembers until it is open.
struct ConnectAttempt {
    let endpoint: Endpoint
    let timeout: Duration
    var timer: TimerID?
    /// Addresses not tried yet.
    var addresses: ArraySlice<SocketAddress> = []
    var context: TLSClientContext?

    func cancel(on loop: EventLoop) {
        if let timer { loop.cancel(timer) }
    }
}

extension ByteStream {
    /// Begins to connect; the delegate hears `opened`, or `closed` with the reason. `timeout` is
    /// for name, connection and TLS handshake together. Output appended before is sent when open.
    package static func connect(
        to endpoint: Endpoint, on loop: EventLoop, timeout: Duration,
        delegate: any ByteStreamDelegate
    ) -> ByteStream {
        loop.preconditionInLoop()
        let literal = SocketAddress(host: endpoint.host, port: endpoint.port)
        let stream = ByteStream(
            on: loop, peer: literal ?? SocketAddress.unspecified, phase: .resolving)
        stream.delegate = delegate
        var attempt = ConnectAttempt(endpoint: endpoint, timeout: timeout)
        attempt.timer = loop.schedule(after: timeout) { [weak stream] in stream?.connectTimedOut() }
        stream.attempt = attempt
        if let path = endpoint.path {
            stream.connect(toPath: path)
            return stream
        }
        if let literal, endpoint.tls == nil {
            stream.resolved(.success(Resolver.Answer(addresses: [literal], context: nil)))
            return stream
        }
        let waiting = Confined(stream, to: loop)
        Resolver.resolve(endpoint) { answer in
            loop.execute { waiting.open().resolved(answer) }
        }
        return stream
    }

    private func resolved(_ answer: Result<Resolver.Answer, SystemError>) {
        guard phase == .resolving else { return }
        switch answer {
        case .success(let answer):
            attempt?.addresses = answer.addresses[...]
            attempt?.context = answer.context
            connectToNextAddress(.failed(doing: "connect", code: 0))
        case .failure(let error): finish(error)
        }
    }

    /// Tries the next address; none left: closes with the failure of the last one.
    private func connectToNextAddress(_ failure: SystemError) {
        dropSocket()
        guard let address = attempt?.addresses.popFirst() else { return finish(failure) }
        peer = address
        phase = .connecting
        socket = clinux_socket(address.isIPv6 ? 1 : 0)
        if socket < 0 { return finish(.failed(doing: "create socket", code: -socket)) }
        var system = address.system
        let code = unsafe clinux_connect(socket, &system)
        if code == 0 || code == clinux_in_progress() { return updateInterest() }
        connectToNextAddress(connectFailure(-code))
    }

    /// Local sockets connect at once or not at all; the delegate hears of it in a later turn.
    private func connect(toPath path: String) {
        phase = .connecting
        socket = clinux_local_socket()
        var code = socket
        if code >= 0 { code = unsafe clinux_local_connect(socket, path) }
        if code >= 0 { return updateInterest() }
        let failure = SystemError.failed(doing: "connect \(path)", code: -code)
        loop.schedule(after: .zero) { [self] in finish(failure) }
    }

    private func connectFailure(_ code: Int32) -> SystemError {
        .failed(doing: "connect \(peer)", code: code)
    }

    /// epoll says that the connection is made or refused.
    func connectFinished() {
        let code = clinux_socket_error(socket)
        if code < 0 { return connectToNextAddress(connectFailure(-code)) }
        guard let attempt else { return }
        guard let options = attempt.endpoint.tls else { return becomeOpen() }
        do {
            guard let context = attempt.context else { return }
            tls = try TLSSession(
                context, socket, host: options.serverName ?? attempt.endpoint.host,
                applicationProtocols: options.applicationProtocols)
            phase = .securing
            continueHandshake()
        } catch {
            finish(error)
        }
    }

    func becomeOpen() {
        attempt?.cancel(on: loop)
        attempt = nil
        serverContext = nil
        phase = .open
        updateInterest()
        if !output.isEmpty { flushAtEndOfTurn() }
        delegate?.opened(self)
        // The handshake may have brought the first bytes along.
        if tls?.hasPendingBytes == true, phase == .open { loop.rereadingStreams.append(self) }
    }

    private func connectTimedOut() {
        guard let attempt else { return }
        let doing = phase == .securing ? "secure" : phase == .resolving ? "resolve" : "connect"
        finish(.timedOut(doing: "\(doing) \(attempt.endpoint)", limit: attempt.timeout))
    }
}
