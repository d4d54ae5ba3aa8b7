internal import CLinux
internal import COpenSSL

/// The TLS side of one client connection, over its non-blocking socket. Verifies the chain against
/// the trust store and the host's name or address against the certificate; TLS 1.2 or later.
/// Confined to the stream's loop.
///
/// Reads and writes give counts as the socket calls do: a negated EAGAIN to wait, another negative
/// number for a failure, which `failure` then explains.
@safe
final class TLSSession {
    enum Progress {
        case done, wait
        case failed(SystemError)
    }

    private let session: OpaquePointer
    private let host: String
    /// Why the last call failed.
    private(set) var failure: SystemError?
    /// The handshake waits for room to write, not for bytes.
    private(set) var wantsToWrite = false

    private static let failed = -1_000_000

    init(_ trust: TLSTrust, _ socket: Int32, host: String) throws(SystemError) {
        guard let session = unsafe SSL_new(trust.context) else {
            throw .insecure(doing: "secure \(host)", reason: TLSTrust.lastErrorText())
        }
        unsafe self.session = session
        self.host = host
        unsafe SSL_set_connect_state(session)
        var isReady = unsafe SSL_set_fd(session, socket) == 1
        if SocketAddress(host: host, port: 0) != nil, host != "localhost" {
            isReady =
                unsafe isReady
                && X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host) == 1
        } else {
            unsafe SSL_set_hostflags(session, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
            isReady =
                unsafe isReady && SSL_set1_host(session, host) == 1
                && copenssl_set_server_name(session, host) == 1
        }
        if !isReady { throw .insecure(doing: "secure \(host)", reason: TLSTrust.lastErrorText()) }
    }

    deinit { unsafe SSL_free(session) }

    /// Bytes that epoll does not know of, because they have left the socket already.
    var hasPendingBytes: Bool { unsafe SSL_has_pending(session) == 1 }

    func handshake() -> Progress {
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(session)
        if result == 1 { return .done }
        switch unsafe SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ:
            wantsToWrite = false
            return .wait
        case SSL_ERROR_WANT_WRITE:
            wantsToWrite = true
            return .wait
        default: return .failed(.insecure(doing: "secure \(host)", reason: handshakeReason()))
        }
    }

    /// The verdict on the certificate says more than "certificate verify failed".
    private func handshakeReason() -> String {
        let verdict = unsafe SSL_get_verify_result(session)
        let text = TLSTrust.lastErrorText()
        guard verdict != Int(X509_V_OK), let detail = unsafe X509_verify_cert_error_string(verdict)
        else { return text == "unknown error" ? "connection closed during the handshake" : text }
        return unsafe "\(text): \(String(cString: detail))"
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        ERR_clear_error()
        let count = unsafe SSL_read(session, buffer.baseAddress, Int32(buffer.count))
        return count > 0 ? Int(count) : outcome(count, "receive from")
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        ERR_clear_error()
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
        ERR_clear_error()
        unsafe SSL_shutdown(session)
        ERR_clear_error()
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
            failure = .insecure(doing: "\(doing) \(host)", reason: "connection lost")
            return TLSSession.failed
        default:
            failure = .insecure(doing: "\(doing) \(host)", reason: TLSTrust.lastErrorText())
            return TLSSession.failed
        }
    }
}
