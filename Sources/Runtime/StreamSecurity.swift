package import Base

/// What TLS agreed on for one stream.
package struct StreamSecurity: Sendable, Equatable {
    /// For example `TLSv1.3`.
    package var version: String
    /// The suite's name as IANA has it, for example `TLS_AES_128_GCM_SHA256`.
    package var cipher: String
    /// What ALPN chose, such as `h2`; nil: the client offered nothing, or the server chose nothing.
    package var applicationProtocol: String?
    /// The name that the client asked for; nil if it named none.
    package var serverName: String?
    /// The handshake continued an earlier session by a ticket.
    package var isResumed: Bool
    /// The other side's certificate, verified; nil if it has shown none.
    package var peerCertificate: PeerCertificate?
}
