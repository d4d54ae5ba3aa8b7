internal import Base

/// Splits an HTTP/2 server's bytes into frames (RFC 9113 §4.1), across any boundary of reads. A
/// DATA frame comes in the pieces that arrive, without a copy; every other frame comes whole.
struct FrameReader {
    enum Kind {
        static let data: UInt8 = 0
        static let headers: UInt8 = 1
        static let reset: UInt8 = 3
        static let settings: UInt8 = 4
        static let ping: UInt8 = 6
        static let goAway: UInt8 = 7
    }

    struct Header {
        var length: Int
        var kind: UInt8
        var flags: UInt8
        var stream: UInt32

        /// END_STREAM of DATA and HEADERS, ACK of SETTINGS and PING.
        var hasFirstFlag: Bool { flags & 1 != 0 }
    }

    private var head: [UInt8] = []
    private var current: Header?
    private var left = 0
    private var control: [UInt8] = []

    /// Hands each frame, or piece of a DATA frame, to `body`; the last piece says so.
    mutating func read(_ bytes: RawSpan, _ body: (Header, RawSpan, _ isLast: Bool) -> Void) {
        var offset = 0
        while true {
            if current == nil, !readHead(bytes, &offset) { return }
            guard let header = current else { return }
            let size = min(left, bytes.byteCount - offset)
            // A frame without payload is there already; any other needs bytes.
            if size == 0, left > 0 { return }
            let piece = bytes.extracting(offset..<offset + size)
            offset += size
            left -= size
            if left == 0 { current = nil }
            if header.kind == Kind.data {
                body(header, piece, left == 0)
            } else if left == 0, control.isEmpty {
                body(header, piece, true)
            } else {
                control.append(piece)
                guard left == 0 else { return }
                control.withRawSpan { body(header, $0, true) }
                control.removeAll(keepingCapacity: true)
            }
        }
    }

    private mutating func readHead(_ bytes: RawSpan, _ offset: inout Int) -> Bool {
        if head.isEmpty, bytes.byteCount - offset >= 9 {
            take(bytes.extracting(offset..<offset + 9))
            offset += 9
            return true
        }
        while head.count < 9, offset < bytes.byteCount {
            head.append(bytes.byte(offset))
            offset += 1
        }
        guard head.count == 9 else { return false }
        let whole = head
        head.removeAll(keepingCapacity: true)
        whole.withRawSpan { take($0) }
        return true
    }

    private mutating func take(_ bytes: RawSpan) {
        let word = bytes.bigEndian(0, as: UInt32.self)
        left = Int(word >> 8)
        current = Header(
            length: left, kind: UInt8(truncatingIfNeeded: word), flags: bytes.byte(4),
            stream: bytes.bigEndian(5, as: UInt32.self) & 0x7fff_ffff)
    }
}
