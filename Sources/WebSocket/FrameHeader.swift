internal import Base

/// The two to fourteen bytes before a payload (RFC 6455 §5.2).
struct FrameHeader {
    var opcode: WebSocketOpcode
    var isFinal: Bool
    var maskKey: UInt32?
    /// Bytes of the header itself.
    var byteCount: Int
    var payloadCount: Int

    var frameCount: Int { byteCount &+ payloadCount }

    /// Longest header there is.
    static let byteCountMax = 14

    /// Reads the header at `offset`; nil while it is incomplete. Errors are found as early as the
    /// bytes allow.
    @inline(__always)
    init?(_ bytes: RawSpan, at offset: Int, role: WebSocketRole) throws(WebSocketError) {
        let available = bytes.byteCount &- offset
        if available < 1 { return nil }
        let first = bytes.byte(offset)
        if first & 0x70 != 0 { throw .reservedBits }
        guard let opcode = WebSocketOpcode(rawValue: first & 0x0f) else {
            throw .unknownOpcode(first & 0x0f)
        }
        self.opcode = opcode
        isFinal = first & 0x80 != 0
        if opcode.isControl && !isFinal { throw .fragmentedControl }
        if available < 2 { return nil }
        let second = bytes.byte(offset &+ 1)
        let isMasked = second & 0x80 != 0
        switch role {
        case .server: if !isMasked { throw .maskMissing }
        case .client: if isMasked { throw .maskUnexpected }
        }
        var length = UInt64(second & 0x7f)
        if opcode.isControl && length > 125 { throw .controlTooLong(bytes: Int(length)) }
        var position = 2
        if length == 126 {
            if available < 4 { return nil }
            length = UInt64(bytes.bigEndian(offset &+ 2, as: UInt16.self))
            if length < 126 { throw .malformedLength }
            position = 4
        } else if length == 127 {
            if available < 10 { return nil }
            length = bytes.bigEndian(offset &+ 2, as: UInt64.self)
            if length < 0x1_0000 || length >> 63 != 0 { throw .malformedLength }
            position = 10
        }
        payloadCount = Int(length)
        if isMasked {
            if available < position &+ 4 { return nil }
            maskKey = bytes.bigEndian(offset &+ position, as: UInt32.self)
            position &+= 4
        }
        byteCount = position
    }
}
