/// How a client secures a connection, and whom it believes. Files are read anew for every
/// connection, so a renewed certificate is used from the next one on.
package struct TLSClientOptions: Sendable, Hashable {
    /// A PEM file of the authorities to trust, instead of those that the system trusts.
    package var authoritiesFile: String?
    /// Shown to a server that asks who we are (mutual TLS); nil: we stay nameless.
    package var certificate: TLSCertificateFiles?
    /// The name or address to ask for (SNI) and to hold the server's certificate against, where it
    /// is not the one that we connect to.
    package var serverName: String?
    /// Offered by ALPN (RFC 7301), best first, such as `h2`; empty: nothing is offered. A server
    /// may choose none: `ByteStream.security` tells.
    package var applicationProtocols: [String]

    package init(
        authoritiesFile: String? = nil, certificate: TLSCertificateFiles? = nil,
        serverName: String? = nil, applicationProtocols: [String] = []
    ) {
        self.authoritiesFile = authoritiesFile
        self.certificate = certificate
        self.serverName = serverName
        self.applicationProtocols = applicationProtocols
    }
}
