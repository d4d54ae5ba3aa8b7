internal import Base

/// Cuts the inbound byte stream at frame borders, to take out the WINDOW_UPDATE frames that belong
/// to our own send windows and, for a server, GOAWAY, after which the library would not listen once
/// it knows no stream (`HTTP2Connection+Detaching`). Everything else is passed on untouched, in
/// order, in runs as long as the read allows; the bytes may be cut anywhere.
///
/// The two are taken out only where the protocol allows them: after the first frame, outside a
/// header block, of their length and streams. All others go to the library, which answers them
/// correctly.
struct FrameSplitter {
    enum Piece: Equatable {
        /// Pass this range of the input on.
        case bytes(Range<Int>)
        /// Pass the first nine bytes of `held` on: a frame head that a read had cut. With a stream
        /// if it is as `earlier` says.
        case heldHead(earlier: UInt32?)
        /// WINDOW_UPDATE (RFC 9113 §6.9), reserved bits removed.
        case windowUpdate(streamID: UInt32, increment: UInt32)
        /// HEADERS or DATA comes next, and it is not what begins its stream.
        case earlier(streamID: UInt32)
        /// GOAWAY (RFC 9113 §6.8), its debug data left out.
        case goAway(lastStreamID: UInt32, code: UInt32)
    }

    private static let headSize = 9
    private static let windowUpdateSize = 13
    private static let goAwaySize = 17

    /// Bytes to leave out before the next frame head.
    private var drop = 0
    /// Bytes to pass on before the next frame head: the preface first, then payloads.
    private var skip: Int
    private var isInHeaderBlock = false
    private var isBeforeFirstFrame = true
    private var heldCount = 0
    private(set) var held = InlineArray<17, UInt8>(repeating: 0)
    private var isHeadersFrame = false
    /// The last stream for which HEADERS came; a server's splitter alone keeps it.
    private var begunMax: UInt32 = 0
    private var isAnnounced = false
    /// A server's; what it refuses is passed on no more.
    var judge: FrameJudge?

    init(role: HTTP2Role, judge: FrameJudge? = nil) {
        skip = role == .server ? 24 : 0
        self.judge = judge
    }

    /// No more bytes now: tells the judge whether a header block is unfinished.
    mutating func readEnded(now: Instant) {
        let isInsideHeaders = isInHeaderBlock || isHeadersFrame && skip > 0
        judge?.ended(now: now, isInsideHeaders: isInsideHeaders)
    }

    /// The next piece of `bytes` from `position`, which is moved behind it. Nil: all was used, or
    /// the judge has seen enough.
    mutating func next(_ bytes: RawSpan, at position: inout Int) -> Piece? {
        var start = position
        while position < bytes.byteCount, judge?.reached == nil {
            let left = bytes.byteCount - position
            if drop > 0 {
                position += min(drop, left)
                drop -= position - start
                start = position
            } else if skip > 0 {
                let passed = min(skip, left)
                skip -= passed
                position += passed
            } else if heldCount > 0 || left < Self.windowUpdateSize || isGoAway(bytes, position) {
                if position > start && heldCount == 0 { return .bytes(start..<position) }
                if let piece = hold(bytes.byte(position), &position) { return piece }
            } else if isWindowUpdate(bytes.bigEndian(position, as: UInt32.self)) {
                if position > start { return .bytes(start..<position) }
                position += Self.windowUpdateSize
                judge?.entered(type: 8, flags: 0, length: 4)
                return .windowUpdate(
                    streamID: bytes.bigEndian(start + 5, as: UInt32.self) & 0x7fff_ffff,
                    increment: bytes.bigEndian(start + 9, as: UInt32.self) & 0x7fff_ffff)
            } else if let streamID = earlier(bytes, position) {
                if position > start { return .bytes(start..<position) }
                isAnnounced = true
                return .earlier(streamID: streamID)
            } else {
                isAnnounced = false
                entered(
                    bytes.bigEndian(position, as: UInt32.self), flags: bytes.byte(position + 4),
                    streamID: bytes.bigEndian(position + 5, as: UInt32.self))
                position += Self.headSize
            }
        }
        return position > start && heldCount == 0 ? .bytes(start..<position) : nil
    }

    private func earlier(_ bytes: RawSpan, _ position: Int) -> UInt32? {
        if isAnnounced || isInHeaderBlock { return nil }
        return earlier(
            type: bytes.byte(position + 3), bytes.bigEndian(position + 5, as: UInt32.self))
    }

    private func earlier(type: UInt8, _ number: UInt32) -> UInt32? {
        let streamID = number & 0x7fff_ffff
        return type <= 1 && streamID != 0 && streamID <= begunMax ? streamID : nil
    }

    /// Collects one byte of a cut frame head.
    private mutating func hold(_ byte: UInt8, _ position: inout Int) -> Piece? {
        held[heldCount] = byte
        heldCount += 1
        position += 1
        guard heldCount >= Self.headSize else { return nil }
        let start = heldNumber(0)
        if isGoAway(start, streamID: heldNumber(5)) { return heldGoAway(payload: Int(start >> 8)) }
        if !isWindowUpdate(start) {
            heldCount = 0
            let streamID = heldNumber(5)
            let earlier = isInHeaderBlock ? nil : earlier(type: held[3], streamID)
            entered(start, flags: held[4], streamID: streamID)
            return .heldHead(earlier: earlier)
        }
        guard heldCount == Self.windowUpdateSize else { return nil }
        heldCount = 0
        judge?.entered(type: 8, flags: 0, length: 4)
        return .windowUpdate(
            streamID: heldNumber(5) & 0x7fff_ffff, increment: heldNumber(9) & 0x7fff_ffff)
    }

    private mutating func heldGoAway(payload: Int) -> Piece? {
        guard heldCount == Self.goAwaySize else { return nil }
        heldCount = 0
        drop = payload - (Self.goAwaySize - Self.headSize)
        judge?.entered(type: 7, flags: 0, length: payload)
        return .goAway(lastStreamID: heldNumber(9) & 0x7fff_ffff, code: heldNumber(13))
    }

    private func heldNumber(_ offset: Int) -> UInt32 {
        (offset..<offset + 4).reduce(0) { $0 << 8 | UInt32(held[$1]) }
    }

    /// `start`: length (24 bits) and type (8 bits).
    private func isWindowUpdate(_ start: UInt32) -> Bool {
        start == 0x0000_0408 && !isInHeaderBlock && !isBeforeFirstFrame
    }

    private func isGoAway(_ bytes: RawSpan, _ position: Int) -> Bool {
        isGoAway(
            bytes.bigEndian(position, as: UInt32.self),
            streamID: bytes.bigEndian(position + 5, as: UInt32.self))
    }

    /// Of at most 16,384 bytes, as every frame here.
    private func isGoAway(_ start: UInt32, streamID: UInt32) -> Bool {
        start & 0xff == 7 && (8...16_384).contains(start >> 8) && streamID & 0x7fff_ffff == 0
            && judge != nil && !isInHeaderBlock && !isBeforeFirstFrame
    }

    private mutating func entered(_ start: UInt32, flags: UInt8, streamID: UInt32) {
        isBeforeFirstFrame = false
        skip = Int(start >> 8)
        let endsHeaders = flags & 0x4 != 0
        let type = UInt8(truncatingIfNeeded: start)
        isHeadersFrame = type == 1 || type == 9
        judge?.entered(type: type, flags: flags, length: skip)
        if type == 1, judge != nil { begunMax = max(begunMax, streamID & 0x7fff_ffff) }
        switch type {
        case 1, 5: if !endsHeaders { isInHeaderBlock = true }  // HEADERS, PUSH_PROMISE
        case 9: if endsHeaders { isInHeaderBlock = false }  // CONTINUATION
        default: break
        }
    }
}
