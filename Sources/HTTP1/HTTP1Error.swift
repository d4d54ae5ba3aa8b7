/// Why a peer's bytes are no acceptable HTTP/1.1 message. Every case ends the connection: after it
/// nobody knows where the next message would begin.
package enum HTTP1Error: Error, Equatable, Sendable {
    /// Not `METHOD target HTTP/x.y` (RFC 9112 §3).
    case malformedRequestLine
    /// Not `HTTP/x.y NNN reason` (RFC 9112 §4).
    case malformedStatusLine
    /// A major version other than 1.
    case unsupportedVersion
    /// A field line without colon, with an empty name or with a space in its name.
    case malformedHeader
    /// A header value continued on the next line (RFC 9112 §5.2).
    case obsoleteFolding
    /// A control character, or a line that does not end with CR LF.
    case invalidByte(UInt8)
    case headTooLarge(limit: Int)
    case tooManyHeaders(limit: Int)
    /// HTTP/1.1 wants exactly one Host field (RFC 9112 §3.2).
    case missingHost
    case repeatedHost
    /// Both Content-Length and Transfer-Encoding: the mark of request smuggling.
    case conflictingLength
    /// Content-Length is repeated or no plain number.
    case invalidContentLength
    /// Anything but a lone `chunked`.
    case unsupportedTransferEncoding
    case malformedChunk
    case bodyTooLarge(limit: Int)

    /// The status to answer with before closing.
    package var status: Int {
        switch self {
        case .unsupportedVersion: 505
        case .headTooLarge, .tooManyHeaders: 431
        case .unsupportedTransferEncoding: 501
        case .bodyTooLarge: 413
        case .malformedRequestLine, .malformedStatusLine, .malformedHeader, .obsoleteFolding,
            .invalidByte, .missingHost, .repeatedHost, .conflictingLength, .invalidContentLength,
            .malformedChunk:
            400
        }
    }
}
