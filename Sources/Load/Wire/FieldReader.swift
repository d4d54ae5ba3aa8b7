internal import Base

/// Walks the fields of a protobuf message.
struct FieldReader {
    enum Value {
        case number(UInt64)
        case bytes(Range<Int>)
    }

    private var offset = 0
    private(set) var hasFailed = false

    /// Nil at the end, and when the bytes are no protobuf.
    mutating func next(in bytes: RawSpan) -> (number: Int, value: Value)? {
        guard offset < bytes.byteCount, let tag = varint(bytes) else { return nil }
        let number = Int(tag >> 3)
        switch tag & 7 {
        case 0:
            guard let value = varint(bytes) else { return nil }
            return (number, .number(value))
        case 1:
            guard bytes.byteCount - offset >= 8 else { return fail() }
            offset += 8
            return (number, .number(bytes.bigEndian(offset - 8, as: UInt64.self).byteSwapped))
        case 2:
            guard let size = varint(bytes), size <= UInt64(bytes.byteCount - offset) else {
                return fail()
            }
            offset += Int(size)
            return (number, .bytes(offset - Int(size)..<offset))
        default: return fail()
        }
    }

    private mutating func varint(_ bytes: RawSpan) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < bytes.byteCount, shift < 64 {
            let byte = bytes.byte(offset)
            offset += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        hasFailed = true
        return nil
    }

    private mutating func fail() -> (number: Int, value: Value)? {
        hasFailed = true
        return nil
    }
}
