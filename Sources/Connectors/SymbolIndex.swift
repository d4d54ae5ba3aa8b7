internal import Base

/// From a venue's symbol, as bytes in a message, to the instrument's handle, without a `String`.
///
/// Open addressing with linear probing, at most half full. Keys are compared byte by byte, so
/// collisions cost time, never truth. Lookup does not allocate.
package struct SymbolIndex: Sendable {
    private var keys: [[UInt8]] = []
    private var slots: [Int32] = Array(repeating: -1, count: 16)

    package init() {}

    package var count: Int { keys.count }

    /// Adds a key, or finds it if it is there. Handles count up from 0.
    package mutating func insert(_ key: [UInt8]) -> Int {
        if let known = keys.firstIndex(of: key) { return known }
        if (keys.count + 1) * 2 > slots.count { grow() }
        keys.append(key)
        place(keys.count - 1)
        return keys.count - 1
    }

    /// The handle of the first `count` bytes.
    package func find(_ bytes: RawSpan, count: Int) -> Int? {
        var hash = Self.seed
        for offset in 0..<count { hash = Self.mix(hash, bytes.byte(offset)) }
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let handle = Int(slots[slot])
            if matches(handle, bytes, count) { return handle }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func matches(_ handle: Int, _ bytes: RawSpan, _ count: Int) -> Bool {
        guard keys[handle].count == count else { return false }
        for offset in 0..<count where keys[handle][offset] != bytes.byte(offset) { return false }
        return true
    }

    private mutating func grow() {
        slots = Array(repeating: -1, count: slots.count * 2)
        for handle in keys.indices { place(handle) }
    }

    private mutating func place(_ handle: Int) {
        var hash = Self.seed
        for byte in keys[handle] { hash = Self.mix(hash, byte) }
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(handle)
    }

    /// FNV-1a, folded once more by the last bytes: symbols are short.
    private static let seed: UInt64 = 0xcbf2_9ce4_8422_2325
    private static func mix(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
        (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
}
