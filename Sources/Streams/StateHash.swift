package import Market

/// The hash of a merged state that clients of any language can make: FNV-1a of 64 bits over a text
/// of one line for the status, each field and each level. `CaughtUp` in Protos/ has the definition.
package struct StateHash: Equatable, Sendable {
    package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325
    /// Fields and levels.
    package private(set) var count: UInt64 = 0

    /// - Parameter status: its number on the wire.
    package init(status: Int32) { add("status \(status)") }

    package mutating func add(_ field: String, _ value: Decimal) {
        add("\(field) \(value)")
        count += 1
    }

    /// Best levels first.
    package mutating func add(_ side: String, _ level: Level) {
        add("\(side) \(level.price) \(level.quantity)")
        count += 1
    }

    private mutating func add(_ line: String) {
        for byte in line.utf8 { add(byte) }
        add(UInt8(ascii: "\n"))
    }

    private mutating func add(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }
}
