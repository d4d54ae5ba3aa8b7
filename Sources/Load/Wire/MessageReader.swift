internal import Base

/// The gRPC messages of one stream: five bytes of prefix, then so many bytes, in DATA of any cut. A
/// message that lies whole in one piece is not copied.
struct MessageReader {
    private var partial: [UInt8] = []

    /// Bytes of a message whose rest has not come.
    var pendingBytes: Int { partial.count }

    /// False: a compressed message, which nobody asked for.
    mutating func read(_ piece: RawSpan, _ body: (RawSpan) -> Void) -> Bool {
        var offset = 0
        while offset < piece.byteCount {
            let rest = piece.extracting(offset..<piece.byteCount)
            if partial.isEmpty, let size = Self.size(rest), rest.byteCount >= size {
                guard rest.byte(0) == 0 else { return false }
                body(rest.extracting(5..<size))
                offset += size
                continue
            }
            let wanted = partial.withRawSpan { Self.size($0) } ?? 5
            let size = min(wanted - partial.count, rest.byteCount)
            partial.append(rest.extracting(0..<size))
            offset += size
            if let whole = partial.withRawSpan({ Self.size($0) }), partial.count == whole {
                guard partial[0] == 0 else { return false }
                partial.withRawSpan { body($0.extracting(5..<whole)) }
                partial.removeAll(keepingCapacity: true)
            }
        }
        return true
    }

    /// Prefix and message together, once the prefix is there.
    private static func size(_ bytes: RawSpan) -> Int? {
        bytes.byteCount < 5 ? nil : 5 + Int(bytes.bigEndian(1, as: UInt32.self))
    }
}
