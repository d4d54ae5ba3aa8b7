internal import Base

/// Cuts a stream of bytes into length-prefixed messages: a flag byte, a big-endian length, the
/// message (grpc/doc/PROTOCOL-HTTP2.md, "Length-Prefixed-Message").
///
/// Holds at most one unfinished message, never more than `messageBytesMax`, neither as it came nor
/// decompressed; a message that arrives whole and plain is not copied.
package struct MessageDeframer {
    static let prefixSize = 5

    private let messageBytesMax: Int
    private var partial: [UInt8] = []

    package init(messageBytesMax: Int) { self.messageBytesMax = messageBytesMax }

    /// Bytes of the unfinished message.
    package var partialBytes: Int { partial.count }

    /// Delivers every message that `bytes` complete, and whether it came compressed. `gzip` is nil
    /// if no compression was agreed. After an error the stream is to be ended.
    package mutating func receive(
        _ bytes: RawSpan, gzip: Gzip? = nil, _ deliver: (RawSpan, Bool) -> Void
    ) throws(MessageDeframerError) {
        var position = 0
        while position < bytes.byteCount {
            if partial.isEmpty {
                let left = bytes.byteCount - position
                if left >= Self.prefixSize {
                    let flag = bytes.byte(position)
                    let size = try size(
                        flag: flag, bytes.bigEndian(position + 1, as: UInt32.self), gzip)
                    if left - Self.prefixSize >= size {
                        let start = position + Self.prefixSize
                        try hand(bytes.extracting(start..<start + size), flag, gzip, deliver)
                        position = start + size
                        continue
                    }
                }
            }
            try collect(bytes, &position, gzip, deliver)
        }
    }

    /// Moves bytes into `partial`, first up to the prefix, then up to the message's end.
    private mutating func collect(
        _ bytes: RawSpan, _ position: inout Int, _ gzip: Gzip?, _ deliver: (RawSpan, Bool) -> Void
    ) throws(MessageDeframerError) {
        var wanted = Self.prefixSize
        if partial.count >= Self.prefixSize { wanted += try partialSize(gzip) }
        let taken = min(wanted - partial.count, bytes.byteCount - position)
        partial.append(bytes.extracting(position..<position + taken))
        position += taken
        guard partial.count == wanted else { return }
        if wanted == Self.prefixSize, try partialSize(gzip) > 0 { return }
        let whole = partial
        partial = []
        try whole.withRawSpan { bytes throws(MessageDeframerError) in
            try hand(bytes.extracting(Self.prefixSize..<whole.count), whole[0], gzip, deliver)
        }
    }

    private func partialSize(_ gzip: Gzip?) throws(MessageDeframerError) -> Int {
        let length = partial[1...4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return try size(flag: partial[0], length, gzip)
    }

    private func size(
        flag: UInt8, _ length: UInt32, _ gzip: Gzip?
    ) throws(MessageDeframerError) -> Int {
        if flag > 1 { throw .badFlag(flag) }
        if flag == 1 && gzip == nil { throw .compressed }
        if Int(length) > messageBytesMax {
            throw .tooLarge(bytes: Int(length), limit: messageBytesMax)
        }
        return Int(length)
    }

    private func hand(
        _ message: RawSpan, _ flag: UInt8, _ gzip: Gzip?, _ deliver: (RawSpan, Bool) -> Void
    ) throws(MessageDeframerError) {
        guard flag == 1, let gzip else { return deliver(message, false) }
        let plain = try gzip.decompress(message, limit: messageBytesMax)
        plain.withRawSpan { deliver($0, true) }
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

    /// The prefix of a message of `size` bytes.
    package static func appendPrefix(
        size: Int, isCompressed: Bool = false, to bytes: inout [UInt8]
    ) {
        bytes.append(isCompressed ? 1 : 0)
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: size >> shift)) }
    }
}
