/// A DATA frame of HTTP/2 (RFC 9113 §4.1, §6.1): nine bytes of head, then the payload. It stands
/// here, below the protocol, because the hot path writes nothing else.
enum DataFrame {
    static let headSize = 9
    /// The protocol's smallest SETTINGS_MAX_FRAME_SIZE.
    static let payloadMax = 16_384

    /// Writes head and payload: there has to be room for `headSize + size` bytes.
    @inline(__always)
    static func write(
        _ payload: UnsafeRawPointer, size: Int, streamID: UInt32, to target: UnsafeMutableRawPointer
    ) {
        unsafe writeHead(size: size, streamID: streamID, to: target)
        unsafe (target + headSize).copyMemory(from: payload, byteCount: size)
    }

    /// There has to be room for `headSize` bytes.
    @inline(__always)
    static func writeHead(size: Int, streamID: UInt32, to target: UnsafeMutableRawPointer) {
        // Length in 24 bits; type and flags, 0; of the stream's number all but the last byte.
        let head = UInt64(truncatingIfNeeded: size) << 40 | UInt64(streamID >> 8)
        unsafe target.storeBytes(of: head.bigEndian, as: UInt64.self)
        unsafe target.storeBytes(
            of: UInt8(truncatingIfNeeded: streamID), toByteOffset: 8, as: UInt8.self)
    }
}
