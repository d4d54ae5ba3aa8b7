internal import COpenSSL

/// Whom a TLS client believes: the context that its sessions are made from.
///
/// `@unchecked Sendable`: OpenSSL counts references to a context atomically and locks its store,
/// and nobody changes it after `init`.
@safe
final class TLSTrust: @unchecked Sendable {
    let context: OpaquePointer

    /// The certificates that the system trusts (or those `SSL_CERT_FILE` names), read once.
    static let system = Result<TLSTrust, SystemError> { () throws(SystemError) in
        try TLSTrust(certificateFile: nil)
    }

    /// Reads a PEM file, or the system's; blocks meanwhile.
    init(certificateFile: String?) throws(SystemError) {
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else {
            throw .insecure(doing: "prepare TLS", reason: TLSTrust.lastErrorText())
        }
        unsafe self.context = context
        unsafe copenssl_set_context_options(context)
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        let isRead =
            if let certificateFile {
                unsafe SSL_CTX_load_verify_file(context, certificateFile)
            } else {
                unsafe SSL_CTX_set_default_verify_paths(context)
            }
        if isRead != 1 {
            let doing = "read certificates of \(certificateFile ?? "the system")"
            throw .insecure(doing: doing, reason: TLSTrust.lastErrorText())
        }
    }

    deinit { unsafe SSL_CTX_free(context) }

    /// OpenSSL's text for the oldest error of this thread, whose list is emptied.
    static func lastErrorText() -> String {
        let code = ERR_get_error()
        ERR_clear_error()
        if code == 0 { return "unknown error" }
        guard let reason = unsafe ERR_reason_error_string(code) else { return "error \(code)" }
        return unsafe String(cString: reason)
    }
}
