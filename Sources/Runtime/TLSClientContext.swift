internal import COpenSSL

/// Whom a TLS client believes and what it shows: what its sessions are made from.
///
/// `@unchecked Sendable`: OpenSSL counts references to a context atomically and locks its store,
/// and nobody changes it after `init`.
@safe
final class TLSClientContext: @unchecked Sendable {
    let context: OpaquePointer

    /// The certificates that the system trusts (or those `SSL_CERT_FILE` names), read once.
    private static let system = Result<TLSClientContext, SystemError> {
        () throws(SystemError) in
        let system = try TLSClientContext()
        if unsafe SSL_CTX_set_default_verify_paths(system.context) != 1 {
            throw .insecure(
                doing: "read certificates of the system", reason: TLSErrors.takeText())
        }
        return system
    }

    /// What a connection with these options needs; blocks while files are read.
    static func make(_ options: TLSClientOptions) throws(SystemError) -> TLSClientContext {
        if options.authoritiesFile == nil && options.certificate == nil { return try system.get() }
        let client = try TLSClientContext()
        if let file = options.authoritiesFile {
            try unsafe TLSFiles.trust(authoritiesOf: file, in: client.context)
        } else {
            let store = unsafe SSL_CTX_get_cert_store(try system.get().context)
            unsafe SSL_CTX_set1_cert_store(client.context, store)
        }
        if let files = options.certificate {
            try unsafe TLSFiles.use(files, in: client.context)
        }
        return client
    }

    private init() throws(SystemError) {
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else {
            throw .insecure(doing: "prepare TLS", reason: TLSErrors.takeText())
        }
        unsafe self.context = context
        unsafe copenssl_set_context_options(context)
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
    }

    deinit { unsafe SSL_CTX_free(context) }
}
