/// What a TLS server shows and asks for, as configured: names of files, nothing read yet.
package struct TLSServerOptions: Sendable, Hashable {
    /// Whether clients have to say who they are.
    package enum ClientCertificates: String, Sendable, CaseIterable {
        /// They are not asked.
        case off
        /// They are asked and may decline; a certificate that does not verify ends the handshake.
        case requested
        /// Without a certificate that verifies there is no connection.
        case required
    }

    /// At least one. A client that asks for a name (SNI) gets the certificate that names it,
    /// exactly or by wildcard; every other client gets the first.
    package var certificates: [TLSCertificateFiles]
    /// A PEM file of the authorities that vouch for clients; needed unless `clientCertificates` is
    /// off.
    package var clientAuthoritiesFile: String?
    package var clientCertificates: ClientCertificates
    /// Chosen by ALPN (RFC 7301), best first; empty: what a client offers is ignored. A client that
    /// offers none of them is refused, one that offers nothing is not.
    package var applicationProtocols: [String]

    package init(
        certificates: [TLSCertificateFiles], clientAuthoritiesFile: String? = nil,
        clientCertificates: ClientCertificates = .off,
        applicationProtocols: [String] = ["h2", "http/1.1"]
    ) {
        self.certificates = certificates
        self.clientAuthoritiesFile = clientAuthoritiesFile
        self.clientCertificates = clientCertificates
        self.applicationProtocols = applicationProtocols
    }
}
