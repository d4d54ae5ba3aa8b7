package import Base

/// Writes frames. Needs no machine: a frame without a mask is the same bytes for every receiver,
/// so a server builds it once and shares it.
package enum WebSocketFrame {
    /// Appends one frame.
    /// - Parameter maskKey: present when a client sends, and then fresh for every frame.
    package static func append(
        _ opcode: WebSocketOpcode, _ payload: RawSpan, isFinal: Bool = true,
        maskKey: UInt32? = nil, to output: OutputBuffer
    ) {
        let count = payload.byteCount
        precondition(!opcode.isControl || count <= 125 && isFinal, "\(opcode) of \(count) bytes")
        let maskBit: UInt8 = maskKey == nil ? 0 : 0x80
        output.append((isFinal ? 0x80 : 0) | opcode.rawValue)
        if count <= 125 {
            output.append(maskBit | UInt8(count))
        } else if count <= 0xffff {
            output.append(maskBit | 126)
            appendBigEndian(UInt64(count), byteCount: 2, to: output)
        } else {
            output.append(maskBit | 127)
            appendBigEndian(UInt64(count), byteCount: 8, to: output)
        }
        guard let maskKey else { return output.append(payload) }
        appendBigEndian(UInt64(maskKey), byteCount: 4, to: output)
        var masked: [UInt8] = []
        appendMasked(payload, key: maskKey, to: &masked)
        output.append(masked)
    }

    package static func appendText(
        _ text: RawSpan, maskKey: UInt32? = nil, to output: OutputBuffer
    ) {
        append(.text, text, maskKey: maskKey, to: output)
    }

    package static func appendText(
        _ text: String, maskKey: UInt32? = nil, to output: OutputBuffer
    ) {
        let bytes = Array(text.utf8)
        bytes.withRawSpan { append(.text, $0, maskKey: maskKey, to: output) }
    }

    package static func appendPing(
        _ payload: RawSpan, maskKey: UInt32? = nil, to output: OutputBuffer
    ) {
        append(.ping, payload, maskKey: maskKey, to: output)
    }

    package static func appendPong(
        _ payload: RawSpan, maskKey: UInt32? = nil, to output: OutputBuffer
    ) {
        append(.pong, payload, maskKey: maskKey, to: output)
    }

    /// - Parameters:
    ///   - code: nil writes a Close without payload, which the peer reports as 1005.
    ///   - reason: for people; cut to the 123 bytes that fit, never inside a character.
    package static func appendClose(
        code: UInt16?, reason: String = "", maskKey: UInt32? = nil, to output: OutputBuffer
    ) {
        var payload: [UInt8] = []
        if let code {
            payload = [UInt8(truncatingIfNeeded: code >> 8), UInt8(truncatingIfNeeded: code)]
            for character in reason {
                let bytes = Array(String(character).utf8)
                if payload.count + bytes.count > 125 { break }
                payload += bytes
            }
        }
        payload.withRawSpan { append(.close, $0, maskKey: maskKey, to: output) }
    }

    /// Masking and unmasking are the same (§5.3).
    static func appendMasked(_ payload: RawSpan, key: UInt32, to target: inout [UInt8]) {
        let start = target.count
        target.append(payload)
        var bytes = target.mutableSpan
        for offset in 0..<payload.byteCount {
            let shift = UInt32(24 &- 8 &* (offset & 3))
            bytes[start &+ offset] ^= UInt8(truncatingIfNeeded: key >> shift)
        }
    }

    private static func appendBigEndian(
        _ number: UInt64, byteCount: Int, to output: OutputBuffer
    ) {
        for index in 1...byteCount {
            output.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * (byteCount - index))))
        }
    }
}
