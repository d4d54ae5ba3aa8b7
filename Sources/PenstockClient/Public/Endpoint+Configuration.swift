package import Runtime

extension Endpoint {
    /// Judges a configuration before anything is connected.
    package init(_ configuration: ClientConfiguration) throws(PenstockError) {
        let text = configuration.endpoint
        let (host, port) = try Self.split(text)
        if let token = configuration.token {
            guard token.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), !token.isEmpty else {
                throw .invalidConfiguration("the token has characters that no token may have")
            }
            guard configuration.tls != nil || Self.isLoopback(host) else {
                throw .invalidConfiguration(
                    "a token would travel to \(host) in clear text: use TLS")
            }
        }
        self.init(host: host, port: port, tls: try configuration.tls?.runtimeOptions)
    }

    private static func split(
        _ text: String
    ) throws(PenstockError) -> (host: String, port: UInt16) {
        let wrong = PenstockError.invalidConfiguration(
            "endpoint \"\(text)\": expected HOST:PORT, such as 127.0.0.1:7400 or [::1]:7400")
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]), port > 0
        else { throw wrong }
        var host = text[..<colon]
        if host.hasPrefix("[") && host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw wrong
        }
        let isName = host.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x2f }
        guard !host.isEmpty, isName else { throw wrong }
        return (String(host), port)
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1"
            || SocketAddress(host: host, port: 0).map { !$0.isIPv6 && host.hasPrefix("127.") }
                == true
    }
}

extension ClientConfiguration.TLSOptions {
    fileprivate var runtimeOptions: TLSClientOptions {
        get throws(PenstockError) {
            var files: TLSCertificateFiles?
            switch (certificateFile, keyFile) {
            case (let certificate?, let key?):
                files = TLSCertificateFiles(certificate: certificate, key: key)
            case (nil, nil): break
            case (_?, nil), (nil, _?):
                throw .invalidConfiguration("a client certificate and its key go together")
            }
            return TLSClientOptions(
                authoritiesFile: authoritiesFile, certificate: files, serverName: serverName,
                applicationProtocols: [RPCChannel.applicationProtocol])
        }
    }
}
