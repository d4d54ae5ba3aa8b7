/// Writes the fields of one protobuf message; numbers that are 0 and nil are left out, as proto3
/// does.
package struct WireWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func number(_ field: UInt64, _ value: Int) {
        guard value != 0 else { return }
        varint(field << 3)
        varint(UInt64(bitPattern: Int64(value)))
    }

    package mutating func message(_ field: UInt64, _ message: (some InteropMessage)?) {
        if let message { bytes(field, message.encoded) }
    }

    package mutating func text(_ field: UInt64, _ text: String) {
        if !text.isEmpty { bytes(field, Array(text.utf8)) }
    }

    package mutating func bytes(_ field: UInt64, _ value: [UInt8]) {
        varint(field << 3 | 2)
        varint(UInt64(value.count))
        bytes += value
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
