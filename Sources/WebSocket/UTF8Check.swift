internal import Base

/// Whether bytes are well-formed UTF-8 (RFC 3629): eight at a time while they are ASCII, as
/// market data nearly always is.
enum UTF8Check {
    static func isWellFormed(_ bytes: RawSpan) -> Bool {
        let count = bytes.byteCount
        var offset = 0
        while offset < count {
            if offset &+ 8 <= count {
                let word = bytes.bigEndian(offset, as: UInt64.self)
                if word & 0x8080_8080_8080_8080 == 0 {
                    offset &+= 8
                    continue
                }
            }
            let lead = bytes.byte(offset)
            if lead < 0x80 {
                offset &+= 1
                continue
            }
            guard let length = sequenceLength(bytes, at: offset, lead: lead) else { return false }
            offset &+= length
        }
        return true
    }

    /// Length of the multi-byte sequence at `offset`; nil for overlong forms, surrogates, numbers
    /// above U+10FFFF, stray continuation bytes and truncation.
    private static func sequenceLength(_ bytes: RawSpan, at offset: Int, lead: UInt8) -> Int? {
        let length: Int
        let second: ClosedRange<UInt8>
        switch lead {
        case 0xc2...0xdf: (length, second) = (2, 0x80...0xbf)
        case 0xe0: (length, second) = (3, 0xa0...0xbf)
        case 0xed: (length, second) = (3, 0x80...0x9f)
        case 0xe1...0xef: (length, second) = (3, 0x80...0xbf)
        case 0xf0: (length, second) = (4, 0x90...0xbf)
        case 0xf1...0xf3: (length, second) = (4, 0x80...0xbf)
        case 0xf4: (length, second) = (4, 0x80...0x8f)
        default: return nil
        }
        guard offset + length <= bytes.byteCount, second.contains(bytes.byte(offset + 1)) else {
            return nil
        }
        for index in 2..<max(length, 2) where bytes.byte(offset + index) & 0xc0 != 0x80 {
            return nil
        }
        return length
    }
}
