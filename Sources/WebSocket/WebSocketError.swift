/// How the peer broke RFC 6455. Every case fails the connection; the machine has then written the
/// Close frame that says so.
package enum WebSocketError: Error, Equatable, Sendable {
    /// A reserved bit without an extension that gives it a meaning (§5.2).
    case reservedBits
    case unknownOpcode(UInt8)
    /// A client that does not mask.
    case maskMissing
    /// A server that does.
    case maskUnexpected
    /// Not the shortest form, or 2^63 and more (§5.2).
    case malformedLength
    case fragmentedControl
    /// More than 125 bytes in a control frame (§5.5).
    case controlTooLong(bytes: Int)
    /// A continuation with nothing to continue (§5.4).
    case continuationUnexpected
    /// A new message inside a fragmented one.
    case continuationMissing
    case messageTooBig(limit: Int)
    case invalidUTF8
    /// A close payload of one byte, or a code that must not be sent (§7.4).
    case malformedClose

    package var closeCode: UInt16 {
        switch self {
        case .messageTooBig: 1009
        case .invalidUTF8: 1007
        case .reservedBits, .unknownOpcode, .maskMissing, .maskUnexpected, .malformedLength,
            .fragmentedControl, .controlTooLong, .continuationUnexpected, .continuationMissing,
            .malformedClose:
            1002
        }
    }
}
