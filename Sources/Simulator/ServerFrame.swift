internal import Base

/// An unmasked WebSocket text frame, the only form a server sends (RFC 6455 §5.2). Frames carry no
/// state of a connection, so one frame serves every reader.
package enum ServerFrame {
    /// Appends the header of a text frame of `count` bytes.
    package static func appendHeader(payloadBytes count: Int, to bytes: inout [UInt8]) {
        bytes.append(0x81)
        switch count {
        case ..<126: bytes.append(UInt8(count))
        case ..<65536:
            bytes.append(126)
            bytes.append(UInt8(count >> 8))
            bytes.append(UInt8(count & 0xFF))
        default:
            bytes.append(127)
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: count >> shift))
            }
        }
    }

    package static func text(_ payload: RawSpan) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payload.byteCount + 10)
        appendHeader(payloadBytes: payload.byteCount, to: &bytes)
        bytes.append(payload)
        return bytes
    }
}
