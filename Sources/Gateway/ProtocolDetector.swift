internal import Base

/// Which protocol the first bytes of a connection belong to. Holds at most the 24 bytes of
/// HTTP/2's preface (RFC 9113 §3.4) and what arrived together with them.
struct ProtocolDetector {
    enum Verdict {
        case http2, http1
        /// The hello of a TLS client, to a server that has no TLS.
        case tls
    }

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    /// What ALPN chose. It binds: bytes that do not fit are the chosen protocol's error. Without
    /// it the bytes alone decide, over TLS, too, though RFC 9113 §3.3 wants `h2` to be negotiated:
    /// tools that know that a server speaks HTTP/2 leave it out, and nothing else begins with the
    /// preface.
    private let negotiated: String?
    private(set) var bytes: [UInt8] = []

    init(negotiated: String? = nil) { self.negotiated = negotiated }

    /// nil: so far it is a true prefix of the preface.
    mutating func append(_ more: RawSpan) -> Verdict? {
        bytes.append(more)
        if negotiated == "http/1.1" { return .http1 }
        let compared = min(bytes.count, Self.preface.count)
        if bytes[..<compared] == Self.preface[..<compared] {
            return compared == Self.preface.count ? .http2 : nil
        }
        if negotiated == "h2" { return .http2 }
        // The record type of a handshake (RFC 8446 §5.1); no method begins with it.
        return bytes[0] == 0x16 ? .tls : .http1
    }
}
