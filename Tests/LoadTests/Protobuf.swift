/// Messages put together by hand from the contract in Protos/: what the readers understand is
/// judged without the encoder that the server has.
enum Protobuf {
    static func message(_ fields: [UInt8]...) -> [UInt8] { Array(fields.joined()) }

    static func number(_ field: UInt64, _ value: UInt64) -> [UInt8] {
        varint(field << 3) + varint(value)
    }

    static func fixed(_ field: UInt64, _ value: UInt64) -> [UInt8] {
        var bytes = varint(field << 3 | 1)
        for place in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * place))) }
        return bytes
    }

    /// Bytes, text, or a message within the message.
    static func bytes(_ field: UInt64, _ value: [UInt8]) -> [UInt8] {
        var bytes = varint(field << 3 | 2)
        bytes.append(contentsOf: varint(UInt64(value.count)))
        bytes.append(contentsOf: value)
        return bytes
    }

    static func packed(_ field: UInt64, _ values: [UInt64]) -> [UInt8] {
        bytes(field, values.flatMap { varint($0) })
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
        return bytes
    }
}
