extension JSONValue {
    /// The bytes of a string's text, without its length prefix.
    @inlinable var stringBytes: UnsafeRawBufferPointer {
        let start = unsafe UnsafeRawPointer(strings + payload)
        let count = unsafe Int(start.loadUnaligned(as: UInt32.self))
        return unsafe UnsafeRawBufferPointer(start: start + 4, count: count)
    }

    /// A string's unescaped UTF-8 bytes, borrowed; nil if this is no string.
    @inlinable @inline(__always)
    package func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result? {
        guard isString else { return nil }
        return unsafe body(stringBytes.bytes)
    }

    /// How many bytes a string has; nil if this is no string.
    @inlinable package var byteCount: Int? { isString ? unsafe stringBytes.count : nil }

    /// A string as a `String` of its own; nil if this is no string. Allocates.
    package var text: String? {
        isString ? unsafe String(decoding: stringBytes, as: UTF8.self) : nil
    }

    /// Whether this is a string of exactly this text.
    @inlinable @inline(__always)
    package func equals(_ text: StaticString) -> Bool {
        guard isString else { return false }
        let bytes = unsafe stringBytes
        let count = text.utf8CodeUnitCount
        guard bytes.count == count else { return false }
        for offset in 0..<count where unsafe bytes[offset] != text.utf8Start[offset] {
            return false
        }
        return true
    }
}
