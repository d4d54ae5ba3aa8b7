package import Base

/// The other end of a connection, as the transport knows it.
package struct RPCPeer: Equatable, Sendable {
    /// Address and port, for logs and limits.
    package var address: String
    /// Present if the client proved who it is (mutual TLS).
    package var certificate: PeerCertificate?

    package init(address: String, certificate: PeerCertificate? = nil) {
        self.address = address
        self.certificate = certificate
    }
}
