package import Base
internal import COpenSSL

/// What a server's TLS sessions are made from: its certificates, and the authorities that vouch
/// for clients. Immutable: renewed files mean a new one, and sessions keep the one they began with.
///
/// TLS 1.2 and 1.3 with forward secrecy and authenticated encryption only. Sessions are resumed by
/// tickets, whose keys live and die with this object, so a ticket never outlives the authorities
/// that vouched for its owner. No renegotiation, no early data, nothing remembered per session.
///
/// `@unchecked Sendable`: OpenSSL counts references to a context atomically and locks its store
/// and ticket keys; nothing changes after `init`.
@safe
package final class TLSServerContext: @unchecked Sendable {
    /// When the first of the certificates ends.
    package let earliestExpiry: Timestamp
    /// One for each certificate, in the order of the options.
    private let contexts: [OpaquePointer]
    private let names: TLSServerNames
    /// In ALPN's form: each protocol behind a byte with its length.
    private let protocols: UnsafeMutableBufferPointer<UInt8>

    /// How long a ticket is good. One hour: reconnecting clients come within minutes, and a
    /// verified client is looked at again within the hour.
    private static let ticketSeconds = 3600
    /// TLS 1.2's suites: forward secrecy and authenticated encryption, none of those that HTTP/2
    /// forbids (RFC 9113 appendix A). TLS 1.3's own are all good.
    private static let suites = "ECDHE+AESGCM:ECDHE+CHACHA20:!PSK"
    /// 112 bits: RSA from 2048, no SHA-1, as Debian's own default.
    private static let securityLevel: Int32 = 2

    /// Reads every file of the options; blocks meanwhile. Throws for the first that cannot be used.
    package init(_ options: TLSServerOptions) throws(SystemError) {
        if options.certificates.isEmpty {
            throw .insecure(doing: "prepare TLS", reason: "there is no certificate")
        }
        var contexts = unsafe [OpaquePointer]()
        var (names, expiry) = (TLSServerNames(), Int64.max)
        do throws(SystemError) {
            for (index, files) in options.certificates.enumerated() {
                let context = try unsafe Self.makeContext()
                unsafe contexts.append(context)
                try unsafe TLSFiles.use(files, in: context)
                try unsafe Self.ask(options, in: context)
                guard let certificate = unsafe TLSCertificate(of: context) else { continue }
                names.add(certificate.dnsNames, of: index)
                expiry = min(expiry, certificate.endsAtSecond)
            }
        } catch {
            unsafe contexts.forEach { unsafe SSL_CTX_free($0) }
            throw error
        }
        unsafe self.contexts = contexts
        self.names = names
        let (seconds, overflows) = expiry.multipliedReportingOverflow(by: 1_000_000_000)
        earliestExpiry = Timestamp(nanoseconds: overflows ? Int64.max : seconds)
        let wire = TLSSession.wireForm(options.applicationProtocols)
        unsafe protocols = .allocate(capacity: wire.count)
        _ = unsafe protocols.initialize(from: wire)
        unsafe contexts.forEach { unsafe chooseByHello(in: $0) }
    }

    deinit {
        unsafe contexts.forEach { unsafe SSL_CTX_free($0) }
        unsafe protocols.deallocate()
    }

    /// The context of the first certificate: sessions begin with it.
    var context: OpaquePointer { unsafe contexts[0] }

    private static func makeContext() throws(SystemError) -> OpaquePointer {
        guard let context = unsafe SSL_CTX_new(TLS_server_method()) else {
            throw .insecure(doing: "prepare TLS", reason: TLSErrors.takeText())
        }
        unsafe copenssl_set_context_options(context)
        unsafe copenssl_set_session_options(context, ticketSeconds)
        unsafe SSL_CTX_set_security_level(context, securityLevel)
        // Names the sessions as ours; without it one with a client certificate is not resumed.
        let id = Array("penstock".utf8)
        let isReady =
            unsafe SSL_CTX_set_cipher_list(context, suites) == 1
            && SSL_CTX_set_session_id_context(context, id, UInt32(id.count)) == 1
        if isReady { return unsafe context }
        unsafe SSL_CTX_free(context)
        throw .insecure(doing: "prepare TLS", reason: TLSErrors.takeText())
    }

    /// Asks clients who they are.
    private static func ask(
        _ options: TLSServerOptions, in context: OpaquePointer
    ) throws(SystemError) {
        let mode: Int32
        switch options.clientCertificates {
        case .off: return
        case .requested: mode = SSL_VERIFY_PEER
        case .required: mode = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
        }
        guard let file = options.clientAuthoritiesFile else {
            throw .insecure(
                doing: "prepare TLS", reason: "no file of authorities that vouch for clients")
        }
        try unsafe TLSFiles.trust(authoritiesOf: file, in: context)
        try unsafe TLSFiles.announce(authoritiesOf: file, in: context)
        unsafe SSL_CTX_set_verify(context, mode, nil)
    }

    /// The name and the protocols of a client's hello choose certificate and protocol. Sessions
    /// keep `self`, so it is alive whenever it is asked.
    private func chooseByHello(in context: OpaquePointer) {
        let me = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe copenssl_set_name_callback(
            context,
            { session, _, argument in
                guard let session = unsafe session, let argument = unsafe argument else {
                    return SSL_TLSEXT_ERR_NOACK
                }
                let server = unsafe Unmanaged<TLSServerContext>.fromOpaque(argument)
                    .takeUnretainedValue()
                return unsafe server.chooseCertificate(session)
            }, me)
        if unsafe protocols.isEmpty { return }
        unsafe SSL_CTX_set_alpn_select_cb(
            context,
            { _, chosen, chosenCount, offered, offeredCount, argument in
                guard let argument = unsafe argument else { return SSL_TLSEXT_ERR_NOACK }
                let ours = unsafe Unmanaged<TLSServerContext>.fromOpaque(argument)
                    .takeUnretainedValue().protocols
                let outcome = unsafe copenssl_select_protocol(
                    chosen, chosenCount, ours.baseAddress, UInt32(ours.count), offered,
                    offeredCount)
                // Nothing in common: the alert no_application_protocol (RFC 7301 §3.2).
                return outcome == OPENSSL_NPN_NEGOTIATED
                    ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL
            }, me)
    }

    private func chooseCertificate(_ session: OpaquePointer) -> Int32 {
        guard let name = unsafe SSL_get_servername(session, TLSEXT_NAMETYPE_host_name),
            let index = names.index(of: unsafe String(cString: name))
        else { return SSL_TLSEXT_ERR_NOACK }
        unsafe SSL_set_SSL_CTX(session, contexts[index])
        return SSL_TLSEXT_ERR_OK
    }
}

extension TLSServerContext {
    /// Reads the files on a thread of its own and hands the outcome to `done` on the loop.
    package static func load(
        _ options: TLSServerOptions, on loop: EventLoop,
        _ done: @escaping @Sendable (Result<TLSServerContext, SystemError>) -> Void
    ) {
        let failure = BriefThread.run("tls files") {
            let outcome = Result<TLSServerContext, SystemError> { () throws(SystemError) in
                try TLSServerContext(options)
            }
            loop.execute { done(outcome) }
        }
        if let failure { loop.execute { done(.failure(failure)) } }
    }
}
