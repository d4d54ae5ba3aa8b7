internal import Base
internal import CLinux
internal import COpenSSL

/// TLS on one connection, over its non-blocking socket; TLS 1.2 or later. A client verifies the
/// chain against the authorities it trusts and the server's name or address against the
/// certificate; a server verifies clients as its context says. Confined to the stream's loop.
///
/// Reads and writes give counts as the socket calls do: a negated EAGAIN to wait, another negative
/// number for a failure, which `failure` then explains.
@safe
final class TLSSession {
    enum Progress {
        case done, wait
        case failed(SystemError)
    }

    let session: OpaquePointer
    /// What the session was made from; the server's is asked in the middle of the handshake.
    private let context: AnyObject
    /// Who the other side is, for errors.
    private let peer: String
    /// Why the last call failed.
    private(set) var failure: SystemError?
    /// The handshake waits for room to write, not for bytes.
    private(set) var wantsToWrite = false

    private static let failed = -1_000_000

    /// The client's side, towards a server that has to prove that it is `host`.
    init(
        _ client: TLSClientContext, _ socket: Int32, host: String, applicationProtocols: [String]
    ) throws(SystemError) {
        unsafe session = try TLSSession.make(client.context, socket, host)
        context = client
        peer = host
        unsafe SSL_set_connect_state(session)
        var isReady: Bool
        if SocketAddress(host: host, port: 0) != nil, host != "localhost" {
            isReady = unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host) == 1
        } else {
            unsafe SSL_set_hostflags(session, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
            isReady =
                unsafe SSL_set1_host(session, host) == 1
                && copenssl_set_server_name(session, host) == 1
        }
        let offered = TLSSession.wireForm(applicationProtocols)
        // This one function of OpenSSL says 0 for success.
        if !offered.isEmpty {
            isReady =
                unsafe isReady && SSL_set_alpn_protos(session, offered, UInt32(offered.count)) == 0
        }
        if !isReady { throw .insecure(doing: "secure \(host)", reason: TLSErrors.takeText()) }
    }

    /// The server's side, towards whoever `peer` turns out to be.
    init(_ server: TLSServerContext, _ socket: Int32, peer: String) throws(SystemError) {
        unsafe session = try TLSSession.make(server.context, socket, peer)
        context = server
        self.peer = peer
        unsafe SSL_set_accept_state(session)
    }

    private static func make(
        _ context: OpaquePointer, _ socket: Int32, _ peer: String
    ) throws(SystemError) -> OpaquePointer {
        guard let session = unsafe SSL_new(context) else {
            throw .insecure(doing: "secure \(peer)", reason: TLSErrors.takeText())
        }
        if unsafe SSL_set_fd(session, socket) == 1 { return unsafe session }
        unsafe SSL_free(session)
        throw .insecure(doing: "secure \(peer)", reason: TLSErrors.takeText())
    }

    /// Names of protocols as ALPN wants them, each behind a byte with its length (RFC 7301 §3.1).
    static func wireForm(_ protocols: [String]) -> [UInt8] {
        protocols.flatMap { name in
            precondition((1...255).contains(name.utf8.count), "ALPN cannot name \"\(name)\"")
            return [UInt8(name.utf8.count)] + Array(name.utf8)
        }
    }

    deinit { unsafe SSL_free(session) }

    /// Bytes that epoll does not know of, because they have left the socket already.
    var hasPendingBytes: Bool { unsafe SSL_has_pending(session) == 1 }

    func handshake() -> Progress {
        TLSErrors.clear()
        let result = unsafe SSL_do_handshake(session)
        if result == 1 { return hasExpiredPeer ? .failed(expired) : .done }
        switch unsafe SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ:
            wantsToWrite = false
            return .wait
        case SSL_ERROR_WANT_WRITE:
            wantsToWrite = true
            return .wait
        default: return .failed(.insecure(doing: "secure \(peer)", reason: handshakeReason()))
        }
    }

    /// A resumed session is not verified again, but its client's certificate may have ended since.
    private var hasExpiredPeer: Bool {
        guard unsafe SSL_session_reused(session) == 1,
            let certificate = unsafe TLSCertificate(ofPeerOf: session)
        else { return false }
        return certificate.endsAtSecond < Clock.timestamp().nanoseconds / 1_000_000_000
    }

    private var expired: SystemError {
        .insecure(doing: "secure \(peer)", reason: "the certificate of the session has expired")
    }

    /// The verdict on the certificate says more than "certificate verify failed".
    private func handshakeReason() -> String {
        let verdict = unsafe SSL_get_verify_result(session)
        let text = TLSErrors.takeText()
        guard verdict != Int(X509_V_OK), let detail = unsafe X509_verify_cert_error_string(verdict)
        else { return text == "unknown error" ? "connection closed during the handshake" : text }
        return unsafe "\(text): \(String(cString: detail))"
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        TLSErrors.clear()
        let count = unsafe SSL_read(session, buffer.baseAddress, Int32(buffer.count))
        return count > 0 ? Int(count) : outcome(count, "receive from")
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        TLSErrors.clear()
        var sent = 0
        // A call takes one record, so go on until the socket is full.
        while sent < bytes.count {
            let part = unsafe SSL_write(
                session, bytes.baseAddress.unsafelyUnwrapped + sent,
                Int32(min(bytes.count - sent, Int(Int32.max))))
            if part <= 0 { return sent > 0 && !isFatal(part) ? sent : outcome(part, "send to") }
            sent += Int(part)
        }
        return sent
    }

    /// Tells the peer that our direction ends; best effort.
    func sendCloseNotify() {
        TLSErrors.clear()
        unsafe SSL_shutdown(session)
        TLSErrors.clear()
    }

    private func isFatal(_ result: Int32) -> Bool {
        let code = unsafe SSL_get_error(session, result)
        return code != SSL_ERROR_WANT_READ && code != SSL_ERROR_WANT_WRITE
    }

    private func outcome(_ result: Int32, _ doing: String) -> Int {
        switch unsafe SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return Int(clinux_would_block())
        case SSL_ERROR_ZERO_RETURN: return 0
        case SSL_ERROR_SYSCALL:
            failure = .insecure(doing: "\(doing) \(peer)", reason: "connection lost")
            return TLSSession.failed
        default:
            failure = .insecure(doing: "\(doing) \(peer)", reason: TLSErrors.takeText())
            return TLSSession.failed
        }
    }
}
