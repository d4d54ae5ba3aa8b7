/// How a client reaches its gateway.
public struct ClientConfiguration: Sendable {
    /// `HOST:PORT`: a name or a literal address, IPv6 in brackets.
    public var endpoint: String

    /// Nil: cleartext.
    public var tls: TLSOptions?

    /// Shown to the gateway with every call. Over cleartext only to a loopback address.
    public var token: String?

    /// How messages travel.
    public var encoding = MessageEncoding.protobuf

    public init(endpoint: String, tls: TLSOptions? = nil, token: String? = nil) {
        self.endpoint = endpoint
        self.tls = tls
        self.token = token
    }

    /// How the connection is secured. TLS 1.2 or later; the gateway's certificate is always
    /// verified. Files are PEM, read anew for every connection.
    public struct TLSOptions: Sendable, Hashable {
        /// Authorities to trust instead of those that the system trusts.
        public var authoritiesFile: String?
        /// Our certificate and its key, for a gateway that asks who we are; both or neither.
        public var certificateFile: String?
        public var keyFile: String?
        /// The name that the gateway's certificate must carry, if not the endpoint's.
        public var serverName: String?

        public init(
            authoritiesFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil,
            serverName: String? = nil
        ) {
            self.authoritiesFile = authoritiesFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
            self.serverName = serverName
        }
    }

    public enum MessageEncoding: Sendable, Hashable, CaseIterable { case protobuf, messagePack }
}
