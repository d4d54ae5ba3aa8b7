internal import Base

/// Cuts a stream of bytes into length-prefixed messages: a flag byte, a big-endian length, the
/// message (grpc/doc/PROTOCOL-HTTP2.md, "Length-Prefixed-Message").
///
/// Holds at most one unfinished message, never more than `messageBytesMax`; a message that arrives
/// whole is not copied.
package struct MessageDeframer {
    static let prefixSize = 5

    private let messageBytesMax: Int
    private var partial: [UInt8] = []

    package init(messageBytesMax: Int) { self.messageBytesMax = messageBytesMax }

    /// Bytes of the unfinished message.
    package var partialBytes: Int { partial.count }

    /// Delivers every message that `bytes` complete. After an error the stream is to be ended.
    package mutating func receive(
        _ bytes: RawSpan, _ deliver: (RawSpan) -> Void
    ) throws(MessageDeframerError) {
        var position = 0
        while position < bytes.byteCount {
            if partial.isEmpty {
                let left = bytes.byteCount - position
                if left >= Self.prefixSize {
                    let size = try Self.size(
                        flag: bytes.byte(position),
                        bytes.bigEndian(position + 1, as: UInt32.self), limit: messageBytesMax)
                    if left - Self.prefixSize >= size {
                        let start = position + Self.prefixSize
                        deliver(bytes.extracting(start..<start + size))
                        position = start + size
                        continue
                    }
                }
            }
            try collect(bytes, &position, deliver)
        }
    }

    /// Moves bytes into `partial`, first up to the prefix, then up to the message's end.
    private mutating func collect(
        _ bytes: RawSpan, _ position: inout Int, _ deliver: (RawSpan) -> Void
    ) throws(MessageDeframerError) {
        var wanted = Self.prefixSize
        if partial.count >= Self.prefixSize { wanted += try partialSize() }
        let taken = min(wanted - partial.count, bytes.byteCount - position)
        partial.append(bytes.extracting(position..<position + taken))
        position += taken
        guard partial.count == wanted else { return }
        if wanted == Self.prefixSize, try partialSize() > 0 { return }
        let whole = partial
        partial = []
        whole.withRawSpan { deliver($0.extracting(Self.prefixSize..<whole.count)) }
    }

    private func partialSize() throws(MessageDeframerError) -> Int {
        let length = partial[1...4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return try Self.size(flag: partial[0], length, limit: messageBytesMax)
    }

    private static func size(
        flag: UInt8, _ length: UInt32, limit: Int
    ) throws(MessageDeframerError) -> Int {
        if flag > 1 { throw .badFlag(flag) }
        if flag == 1 { throw .compressed }
        if Int(length) > limit { throw .tooLarge(bytes: Int(length), limit: limit) }
        return Int(length)
    }
}

extension MessageDeframer {
    /// How many whole messages bytes hold that begin with a prefix.
    static func count(in bytes: RawSpan) -> Int {
        var (count, position) = (0, 0)
        while position + prefixSize <= bytes.byteCount {
            position += prefixSize + Int(bytes.bigEndian(position + 1, as: UInt32.self))
            count += 1
        }
        return count
    }

    /// The prefix of an uncompressed message.
    package static func appendPrefix(size: Int, to bytes: inout [UInt8]) {
        bytes.append(0)
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: size >> shift)) }
    }
}
