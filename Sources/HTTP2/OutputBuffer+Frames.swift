internal import Base

extension OutputBuffer {
    /// RFC 9113 §4.1.
    func appendFrameHead(size: Int, type: UInt8, flags: UInt8, streamID: UInt32) {
        for shift in [16, 8, 0] { append(UInt8(truncatingIfNeeded: size >> shift)) }
        append(type)
        append(flags)
        appendNumber(streamID)
    }

    func appendNumber(_ number: UInt32) {
        for shift in [24, 16, 8, 0] { append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}
