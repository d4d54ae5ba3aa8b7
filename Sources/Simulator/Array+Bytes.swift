internal import Base

extension Array where Element == UInt8 {
    /// The bytes of a part of the array, for the length of a call.
    @inline(__always)
    func withBytes<Result, Failure: Error>(
        _ range: Range<Int>, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withRawSpan { bytes throws(Failure) in try body(bytes.extracting(range)) }
    }
}
