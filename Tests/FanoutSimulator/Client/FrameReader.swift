/// Cuts what the server sends into HTTP/2 frames (RFC 9113 §4.1), whatever the pieces are.
struct FrameReader {
    struct Frame {
        var type: UInt8
        var flags: UInt8
        var streamID: UInt32
        /// Head and payload.
        var bytes: [UInt8]

        var payload: ArraySlice<UInt8> { bytes[9...] }
    }

    private var bytes: [UInt8] = []
    private var start = 0

    mutating func append(_ piece: [UInt8]) {
        if start > 4096 {
            bytes.removeSubrange(..<start)
            start = 0
        }
        bytes += piece
    }

    mutating func next() -> Frame? {
        guard bytes.count - start >= 9 else { return nil }
        let size = bytes[start..<start + 3].reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count - start >= 9 + size else { return nil }
        let frame = Array(bytes[start..<start + 9 + size])
        start += 9 + size
        let id = frame[5..<9].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
        return Frame(type: frame[3], flags: frame[4], streamID: id, bytes: frame)
    }
}
