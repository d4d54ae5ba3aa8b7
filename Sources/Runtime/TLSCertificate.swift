internal import Base
internal import COpenSSL

/// What we read in a certificate. Owns one reference to it.
@safe
struct TLSCertificate: ~Copyable {
    private let certificate: OpaquePointer

    /// The other side's, if it has shown one; nil otherwise. What the handshake let pass was
    /// verified.
    init?(ofPeerOf session: OpaquePointer) {
        guard let certificate = unsafe SSL_get1_peer_certificate(session) else { return nil }
        unsafe self.certificate = certificate
    }

    /// The one that this side has shown.
    init?(shownBy session: OpaquePointer) {
        guard let certificate = unsafe SSL_get_certificate(session),
            unsafe X509_up_ref(certificate) == 1
        else { return nil }
        unsafe self.certificate = certificate
    }

    /// The one that a context shows.
    init?(of context: OpaquePointer) {
        guard let certificate = unsafe SSL_CTX_get0_certificate(context),
            unsafe X509_up_ref(certificate) == 1
        else { return nil }
        unsafe self.certificate = certificate
    }

    deinit { unsafe X509_free(certificate) }

    /// Seconds since 1970 UTC; the end of time if the certificate says nothing sensible.
    var endsAtSecond: Int64 { unsafe copenssl_seconds(X509_get0_notAfter(certificate)) }

    /// DER; empty if it cannot be written.
    var encoded: [UInt8] {
        let size = unsafe Int(max(0, i2d_X509(certificate, nil)))
        return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            var place = buffer.baseAddress
            count = unsafe size == 0 ? 0 : Int(max(0, i2d_X509(certificate, &place)))
        }
    }

    /// The other side, for authorisation.
    var peer: PeerCertificate {
        PeerCertificate(
            subject: subject, commonName: commonName,
            alternativeNames: alternativeNames.map { "\($0.kind):\($0.text)" }, expiry: expiry)
    }

    /// Nil: further away than a timestamp reaches.
    private var expiry: Timestamp? {
        let (nanoseconds, overflow) = endsAtSecond.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? nil : Timestamp(nanoseconds: nanoseconds)
    }

    /// The DNS names that it is good for.
    var dnsNames: [String] { alternativeNames.filter { $0.kind == "DNS" }.map(\.text) }

    /// The whole subject as RFC 2253 writes it, letters beyond ASCII as UTF-8.
    private var subject: String {
        guard let memory = unsafe BIO_new(BIO_s_mem()) else { return "" }
        defer { unsafe BIO_free(memory) }
        unsafe X509_NAME_print_ex(
            memory, X509_get_subject_name(certificate), 0, copenssl_subject_flags())
        var start: UnsafeMutablePointer<CChar>?
        let count = unsafe copenssl_memory_content(memory, &start)
        guard let start = unsafe start else { return "" }
        return unsafe String(
            decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// The first common name. One with a zero byte inside is a trick, and none.
    private var commonName: String? {
        let name = unsafe X509_get_subject_name(certificate)
        let index = unsafe X509_NAME_get_index_by_NID(name, NID_commonName, -1)
        guard index >= 0 else { return nil }
        let value = unsafe X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index))
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = unsafe ASN1_STRING_to_UTF8(&bytes, value)
        guard count >= 0, let bytes = unsafe bytes else { return nil }
        defer { unsafe copenssl_free(bytes) }
        return unsafe Self.text(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }

    private var alternativeNames: [(kind: String, text: String)] {
        guard let names = unsafe copenssl_alternative_names(certificate) else { return [] }
        defer { unsafe copenssl_free_names(names) }
        var found: [(kind: String, text: String)] = []
        let count = unsafe copenssl_name_count(names)
        for index in 0..<count {
            var kind: UnsafePointer<CChar>?
            guard let value = unsafe copenssl_text_name(names, index, &kind),
                let kind = unsafe kind
            else { continue }
            let bytes = unsafe UnsafeBufferPointer(
                start: ASN1_STRING_get0_data(value), count: Int(ASN1_STRING_length(value)))
            guard let text = unsafe Self.text(bytes) else { continue }
            found.append((unsafe String(cString: kind), text))
        }
        return found
    }

    private static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        unsafe bytes.contains(0) ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
