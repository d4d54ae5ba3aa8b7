internal import Base
internal import CLinux

/// TLS.
extension ByteStream {
    /// What TLS agreed on; nil: cleartext, or not there yet. Made anew with every call.
    package var security: StreamSecurity? {
        guard let tls, phase != .securing else { return nil }
        return tls.security
    }

    /// Both sides' certificates in DER; nil where a side has shown none.
    package var certificates: (local: [UInt8]?, remote: [UInt8]?) {
        guard let tls, phase != .securing else { return (nil, nil) }
        return tls.certificates
    }

    /// On a stream that was accepted in this turn: its first byte decides. A TLS hello begins the
    /// handshake, anything else is cleartext; the delegate hears `opened` once that is known and
    /// done, and `security` tells which. How long it may take is the owner's to limit.
    package func expectSecurity(_ context: TLSServerContext) {
        loop.preconditionInLoop()
        precondition(phase == .open && tls == nil, "the stream is \(phase)")
        serverContext = context
        phase = .sniffing
    }

    /// TLS's record type of a handshake; no HTTP begins with it.
    private static let handshakeRecord: Int32 = 0x16

    /// The first byte stays in the kernel, for OpenSSL or the delegate to read.
    func sniff() {
        let first = clinux_peek(socket)
        switch first {
        case clinux_would_block(): return
        case ..<0: finish(failure(of: Int(first), "receive from"))
        case 256: finish(nil)
        case ByteStream.handshakeRecord:
            guard let context = serverContext else { return }
            do {
                tls = try TLSSession(context, socket, peer: peer.description)
                phase = .securing
                continueHandshake()
            } catch {
                finish(error)
            }
        default:
            becomeOpen()
            if phase == .open, !isReadingPaused { read() }
        }
    }

    func continueHandshake() {
        // epoll reports the stream again in the next turn.
        guard let tls, loop.takeHandshakeStep() else { return }
        switch tls.handshake() {
        case .done: becomeOpen()
        case .wait: updateInterest()
        case .failed(let error): serverContext == nil ? finish(error) : refuse(error)
        }
    }

    /// Ends our direction and lets the client end its own: closing while bytes of the client are
    /// unread would reset the connection, and with it the alert that tells the client why.
    private func refuse(_ error: SystemError) {
        closeReason = error
        tls = nil
        isReadingPaused = false
        hasShutDown = true
        _ = clinux_shutdown_write(socket)
        drain()
    }
}
