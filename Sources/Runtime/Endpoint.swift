/// Where to connect to: a name or literal address, a port, and whether TLS protects the bytes.
package struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    package var host: String
    package var port: UInt16
    package var tls: Bool
    /// A PEM file of the certificates to trust; nil: those that the system trusts.
    package var certificateFile: String?

    package init(host: String, port: UInt16, tls: Bool, certificateFile: String? = nil) {
        (self.host, self.port, self.tls) = (host, port, tls)
        self.certificateFile = certificateFile
    }

    package init(_ address: SocketAddress) {
        self.init(host: address.host, port: address.port, tls: false)
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
