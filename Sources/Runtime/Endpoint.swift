/// Where to connect to: a name or literal address, a port, and how TLS protects the bytes; or a
/// path of this machine.
package struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    package var host: String
    package var port: UInt16
    /// nil: cleartext.
    package var tls: TLSClientOptions?
    /// Where another process of this machine listens; then nothing else counts.
    package private(set) var path: String?

    package init(host: String, port: UInt16, tls: TLSClientOptions?) {
        (self.host, self.port, self.tls) = (host, port, tls)
    }

    /// With `tls`, the plain kind: the system's trust, the host's own name, no ALPN.
    package init(host: String, port: UInt16, tls: Bool) {
        self.init(host: host, port: port, tls: tls ? TLSClientOptions() : nil)
    }

    package init(_ address: SocketAddress) {
        self.init(host: address.host, port: address.port, tls: nil)
    }

    package init(path: String) {
        self.init(host: "localhost", port: 0, tls: nil)
        self.path = path
    }

    package var description: String {
        if let path { return path }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
