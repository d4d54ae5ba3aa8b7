/// Walks the fields of a protobuf message without knowing its type: enough to read descriptors, and
/// the few messages of a test.
/// Stops at the first malformed byte.
package struct WireReader {
    package enum Value {
        case number(UInt64)
        case bytes(ArraySlice<UInt8>)

        package var text: String {
            String(decoding: bytes, as: UTF8.self)
        }
        package var bytes: ArraySlice<UInt8> {
            if case .bytes(let bytes) = self { bytes } else { [] }
        }
        package var number: UInt64 { if case .number(let number) = self { number } else { 0 } }
    }

    private var rest: ArraySlice<UInt8>

    package init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    package mutating func next() -> (number: UInt32, value: Value)? {
        guard let tag = varint(), let number = UInt32(exactly: tag >> 3) else { return nil }
        switch tag & 7 {
        case 0:
            guard let value = varint() else { return nil }
            return (number, .number(value))
        case 1: return fixed(8).map { (number, .number($0)) }
        case 2:
            guard let length = varint(), length <= UInt64(rest.count) else { return nil }
            defer { rest = rest.dropFirst(Int(length)) }
            return (number, .bytes(rest.prefix(Int(length))))
        case 5: return fixed(4).map { (number, .number($0)) }
        default: return nil
        }
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    private mutating func fixed(_ size: Int) -> UInt64? {
        guard rest.count >= size else { return nil }
        defer { rest = rest.dropFirst(size) }
        return rest.prefix(size).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
