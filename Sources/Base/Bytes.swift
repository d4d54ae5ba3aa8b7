/// Reading bytes without copying them: the few unsafe loads, once, behind bounds checks.
extension RawSpan {
    @inlinable @inline(__always)
    package func byte(_ offset: Int) -> UInt8 {
        precondition(offset >= 0 && offset < byteCount)
        return unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    @inlinable @inline(__always)
    package func bigEndian<Number: FixedWidthInteger & BitwiseCopyable>(
        _ offset: Int, as: Number.Type
    ) -> Number {
        precondition(offset >= 0 && offset &+ MemoryLayout<Number>.size <= byteCount)
        return unsafe Number(
            bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: Number.self))
    }

    /// A copy of all bytes.
    package func copyBytes() -> [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }

    /// The bytes as text; ill-formed UTF-8 is repaired.
    package func text() -> String {
        unsafe withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    @inlinable
    package func equals(_ text: StaticString) -> Bool {
        guard byteCount == text.utf8CodeUnitCount else { return false }
        for offset in 0..<byteCount where unsafe byte(offset) != text.utf8Start[offset] {
            return false
        }
        return true
    }
}

extension Array where Element == UInt8 {
    package mutating func append(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }

    package mutating func append(_ text: String) { append(contentsOf: text.utf8) }
}

extension Array where Element == UInt8 {
    /// The bytes of the array for the length of a call.
    @inlinable
    package func withRawSpan<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(span.bytes)
    }
}
