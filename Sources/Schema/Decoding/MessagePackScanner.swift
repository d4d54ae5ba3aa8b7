internal import Base

/// Looks over MessagePack before msgpack-c reads it: msgpack-c reserves memory for as many elements
/// as a header claims, so five hostile bytes could ask for gigabytes.
enum MessagePackScanner {
    /// Our messages nest six deep; msgpack-c itself stops at 32.
    private static let depthMax = 16

    /// Whether the bytes are exactly one value, whose every claim is covered by bytes that are
    /// there.
    static func isWellFormed(_ bytes: RawSpan) -> Bool {
        end(of: bytes, from: 0, depth: 0) == bytes.byteCount
    }

    /// Where the value that starts at `start` ends; nil when it is cut off or too deep.
    private static func end(of bytes: RawSpan, from start: Int, depth: Int) -> Int? {
        guard start < bytes.byteCount, depth <= depthMax else { return nil }
        let type = bytes.byte(start)
        let rest = start + 1
        switch type {
        case 0x00...0x7f, 0xe0...0xff, 0xc0, 0xc2, 0xc3: return rest
        case 0x80...0x8f: return end(of: bytes, rest, Int(type & 15) * 2, depth)
        case 0x90...0x9f: return end(of: bytes, rest, Int(type & 15), depth)
        case 0xa0...0xbf: return skip(bytes, rest, Int(type & 31))
        case 0xcc, 0xd0: return skip(bytes, rest, 1)
        case 0xcd, 0xd1: return skip(bytes, rest, 2)
        case 0xca, 0xce, 0xd2: return skip(bytes, rest, 4)
        case 0xcb, 0xcf, 0xd3: return skip(bytes, rest, 8)
        case 0xd4...0xd8: return skip(bytes, rest, 1 + 1 << Int(type - 0xd4))
        case 0xc4, 0xd9: return skipCounted(bytes, rest, width: 1, extra: 0)
        case 0xc5, 0xda: return skipCounted(bytes, rest, width: 2, extra: 0)
        case 0xc6, 0xdb: return skipCounted(bytes, rest, width: 4, extra: 0)
        case 0xc7...0xc9: return skipCounted(bytes, rest, width: 1 << Int(type - 0xc7), extra: 1)
        case 0xdc, 0xdd, 0xde, 0xdf:
            let width = type & 1 == 0 ? 2 : 4
            guard let count = number(bytes, rest, width: width) else { return nil }
            return end(of: bytes, rest + width, type < 0xde ? count : count * 2, depth)
        default: return nil
        }
    }

    private static func end(of bytes: RawSpan, _ start: Int, _ count: Int, _ depth: Int) -> Int? {
        // Every value takes a byte at least.
        guard count <= bytes.byteCount - start else { return nil }
        var place = start
        for _ in 0..<count {
            guard let next = end(of: bytes, from: place, depth: depth + 1) else { return nil }
            place = next
        }
        return place
    }

    private static func skip(_ bytes: RawSpan, _ start: Int, _ count: Int) -> Int? {
        count <= bytes.byteCount - start ? start + count : nil
    }

    private static func skipCounted(
        _ bytes: RawSpan, _ start: Int, width: Int, extra: Int
    ) -> Int? {
        guard let count = number(bytes, start, width: width) else { return nil }
        return skip(bytes, start + width, count + extra)
    }

    private static func number(_ bytes: RawSpan, _ start: Int, width: Int) -> Int? {
        guard width <= bytes.byteCount - start else { return nil }
        return (0..<width).reduce(0) { $0 << 8 | Int(bytes.byte(start + $1)) }
    }
}
