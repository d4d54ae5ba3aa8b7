/// One value of a parsed document: a position on simdjson's tape.
///
/// Usable from inline, as are all types here: `@inlinable` members of a type that is package alone
/// are compiled into their own module only, and silently called from the others.
///
/// Copying it costs nothing and nothing here allocates, except `text`. It must not be used after
/// its parser parsed again or is gone. Looking up a missing key, an index beyond the end, or a
/// value of another kind answers nil, never traps.
///
/// Tape words carry a type in the high byte and 56 bits of payload: a string's offset into the
/// string buffer, or an object's or array's position after its end (low 32 bits).
@safe
@usableFromInline
package struct JSONValue {
    @usableFromInline let tape: UnsafePointer<UInt64>
    @usableFromInline let strings: UnsafePointer<UInt8>
    @usableFromInline let index: Int

    package enum Kind: UInt8, Sendable {
        case object = 0x7B  // {
        case array = 0x5B  // [
        case string = 0x22  // "
        case signed = 0x6C  // l: an integer that fits Int64
        case unsigned = 0x75  // u: an integer above Int64.max
        case double = 0x64  // d: has a point or an exponent; its digits are lost
        case `true` = 0x74
        case `false` = 0x66
        case null = 0x6E
    }

    @inlinable
    init(tape: UnsafePointer<UInt64>, strings: UnsafePointer<UInt8>, index: Int) {
        unsafe self.tape = unsafe tape
        unsafe self.strings = unsafe strings
        self.index = index
    }

    @inlinable var word: UInt64 { unsafe tape[index] }
    @inlinable var tag: UInt8 { UInt8(truncatingIfNeeded: word &>> 56) }
    @inlinable var payload: Int { Int(truncatingIfNeeded: word & 0x00FF_FFFF_FFFF_FFFF) }

    /// The tape index after this value and all it contains.
    @inlinable var end: Int {
        switch tag {
        case 0x7B, 0x5B: Int(truncatingIfNeeded: word & 0xFFFF_FFFF)
        case 0x6C, 0x75, 0x64: index &+ 2
        default: index &+ 1
        }
    }

    @inlinable
    func at(_ index: Int) -> JSONValue {
        unsafe JSONValue(tape: tape, strings: strings, index: index)
    }

    package var kind: Kind {
        guard let kind = Kind(rawValue: tag) else {
            preconditionFailure("tape word \(index) has unknown type \(tag)")
        }
        return kind
    }

    @inlinable package var isObject: Bool { tag == 0x7B }
    @inlinable package var isArray: Bool { tag == 0x5B }
    @inlinable package var isString: Bool { tag == 0x22 }
    @inlinable package var isNull: Bool { tag == 0x6E }

    @inlinable package var bool: Bool? {
        switch tag {
        case 0x74: true
        case 0x66: false
        default: nil
        }
    }

    /// An integer that fits; a number with a point or an exponent is none.
    @inlinable package var int64: Int64? {
        tag == 0x6C ? Int64(bitPattern: unsafe tape[index &+ 1]) : nil
    }

    @inlinable package var uint64: UInt64? {
        let tag = tag
        guard tag == 0x6C || tag == 0x75 else { return nil }
        let number = unsafe tape[index &+ 1]
        return tag == 0x6C && Int64(bitPattern: number) < 0 ? nil : number
    }

    /// A number with a point or an exponent, as the nearest binary one. Never for prices: their
    /// digits are lost.
    package var double: Double? {
        tag == 0x64 ? Double(bitPattern: unsafe tape[index &+ 1]) : nil
    }
}
