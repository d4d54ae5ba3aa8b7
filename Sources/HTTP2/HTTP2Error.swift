/// Why a connection cannot go on. Everything else is answered on the wire (RST_STREAM, GOAWAY).
package enum HTTP2Error: Error, Equatable, Sendable {
    /// The peer's first bytes are not the preface of RFC 9113 §3.4: it does not speak HTTP/2.
    case badPreface
    /// More frames that demand an answer (PING, SETTINGS, RST_STREAM) than the limits allow.
    case flooded
    /// The peer went beyond one of our limits, which GOAWAY with ENHANCE_YOUR_CALM told it.
    case limitReached(HTTP2Limit)
    /// A frame with no place to answer it arrived; the library's own code.
    case library(code: Int32)
}
