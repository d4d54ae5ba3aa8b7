internal import COpenSSL

/// What was agreed on.
extension TLSSession {
    var security: StreamSecurity {
        let cipher = unsafe SSL_CIPHER_standard_name(SSL_get_current_cipher(session))
        let name = unsafe SSL_get_servername(session, TLSEXT_NAMETYPE_host_name)
        let certificate = unsafe TLSCertificate(ofPeerOf: session)
        return StreamSecurity(
            version: unsafe String(cString: SSL_get_version(session)),
            cipher: unsafe cipher.map { unsafe String(cString: $0) } ?? "",
            applicationProtocol: applicationProtocol,
            serverName: unsafe name.map { unsafe String(cString: $0) },
            isResumed: unsafe SSL_session_reused(session) == 1,
            peerCertificate: certificate?.peer)
    }

    var certificates: (local: [UInt8]?, remote: [UInt8]?) {
        let local = unsafe TLSCertificate(shownBy: session)
        let remote = unsafe TLSCertificate(ofPeerOf: session)
        return (local?.encoded, remote?.encoded)
    }

    private var applicationProtocol: String? {
        var start: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        unsafe SSL_get0_alpn_selected(session, &start, &count)
        guard count > 0 else { return nil }
        return unsafe String(
            decoding: UnsafeBufferPointer(start: start, count: Int(count)), as: UTF8.self)
    }
}
