/// Where to connect to: a name or literal address, a port, and whether TLS protects the bytes.
package struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    package var host: String
    package var port: UInt16
    package var tls: Bool

    package init(host: String, port: UInt16, tls: Bool) {
        (self.host, self.port, self.tls) = (host, port, tls)
    }

    package init(_ address: SocketAddress) {
        self.init(host: address.host, port: address.port, tls: false)
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
