internal import Base

/// A header block that leaves the peer's compression table as it is: every field is a literal that
/// is not indexed (RFC 7541 §6.2.2). So it may be written beside the library, which keeps that
/// table.
struct LiteralHeaderBlock {
    private(set) var bytes: [UInt8] = []

    private static let payloadMax = 16_384

    /// - Parameter tableSizes: what the block has to say first of the peer's table (§4.2, §6.3).
    init(_ fields: [HTTP2Field], tableSizes: [Int] = []) {
        for size in tableSizes { append(size, prefixBits: 5, first: 0x20) }
        for field in fields {
            bytes.append(0)
            append(field.name)
            append(field.value)
        }
    }

    /// §5.2, without Huffman coding.
    private mutating func append(_ text: String) {
        append(text.utf8.count, prefixBits: 7, first: 0)
        bytes += text.utf8
    }

    /// §5.1.
    private mutating func append(_ number: Int, prefixBits: Int, first: UInt8) {
        let prefixMax = 1 << prefixBits - 1
        guard number >= prefixMax else { return bytes.append(first | UInt8(number)) }
        bytes.append(first | UInt8(prefixMax))
        var rest = number - prefixMax
        while rest >= 128 {
            bytes.append(UInt8(rest & 127 | 128))
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Appends HEADERS with END_STREAM, and as many CONTINUATION frames as it takes (RFC 9113 §6.2,
    /// §6.10).
    func appendFrames(on streamID: UInt32, to output: OutputBuffer) {
        var start = 0
        repeat {
            let end = min(start + Self.payloadMax, bytes.count)
            let flags: UInt8 = (start == 0 ? 0x1 : 0) | (end == bytes.count ? 0x4 : 0)
            output.appendFrameHead(
                size: end - start, type: start == 0 ? 1 : 9, flags: flags, streamID: streamID)
            bytes.withRawSpan { output.append($0.extracting(start..<end)) }
            start = end
        } while start < bytes.count
    }
}
