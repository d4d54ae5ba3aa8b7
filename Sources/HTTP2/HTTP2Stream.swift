package import Base

/// One stream of a connection, as its owner holds it: the lane of its hot path, and the queue for
/// what cannot go that way.
///
/// Lives until the stream is closed; afterwards every call on it does nothing. Confined to
/// the connection's loop.
@safe
package final class HTTP2Stream: FrameLane {
    /// What was sent and received. The lane is open with `.sentHeaders` and nothing
    /// that keeps DATA from being sent.
    struct Flags: OptionSet {
        let rawValue: UInt16
        static let sentHeaders = Flags(rawValue: 1)
        /// Bytes wait in `queue`.
        static let queued = Flags(rawValue: 2)
        /// The end was announced; it may still wait behind `queue`.
        static let ending = Flags(rawValue: 4)
        /// The last frame of our side was framed.
        static let sentEnd = Flags(rawValue: 8)
        static let receivedEnd = Flags(rawValue: 16)
        static let behind = Flags(rawValue: 32)
        static let closed = Flags(rawValue: 64)
        /// The queue did not move since the last look.
        static let stalled = Flags(rawValue: 128)
        /// The library has forgotten the stream (`HTTP2Connection+Detaching`).
        static let detached = Flags(rawValue: 256)
        /// Told of room, and since then neither refused nor given a wider window.
        static let told = Flags(rawValue: 512)

        /// Do not keep DATA from being sent.
        static let harmless: Flags = [.receivedEnd, .detached, .told]
    }

    /// Payload bytes in one DATA frame: the protocol's smallest SETTINGS_MAX_FRAME_SIZE.
    static let frameBytesMax = 16_384

    // There are many streams: in this order the fields leave no gaps.
    var flags: Flags = [] {
        didSet { setOpen(flags.subtracting(.harmless) == .sentHeaders) }
    }
    /// Bytes that the last refused send needed; while `told`, the window then.
    private var noted: UInt32 = 0
    /// The connection clears the streams it still has before it goes, so `closed` guards this.
    private let connection: Unmanaged<HTTP2Connection>
    /// What waits to be framed; most streams have nothing most of the time.
    var queue: StreamQueue?

    init(id: UInt32, connection: HTTP2Connection, window: Int) {
        unsafe self.connection = Unmanaged.passUnretained(connection)
        super.init(streamID: id, output: connection.output, window: window)
    }

    package var id: UInt32 { streamID }
    package var isClosed: Bool { flags.contains(.closed) }
    package var hasSentHeaders: Bool { flags.contains(.sentHeaders) }
    package var hasReceivedEnd: Bool { flags.contains(.receivedEnd) }
    var queuedBytes: Int { queue?.count ?? 0 }
    var wantedBytes: Int {
        get { Int(noted) }
        set { noted = UInt32(clamping: newValue) }
    }

    /// Notes that the stream is told of room.
    func tell() {
        flags.remove(.behind)
        flags.insert(.told)
        noted = UInt32(clamping: window)
    }

    /// Notes a refused send. True: the stream was told of room and has sent nothing since.
    func noteRefusal(of size: Int) -> Bool {
        let wasInVain = flags.contains(.told) && window == Int(noted)
        flags.remove(.told)
        wantedBytes = size
        return wasInVain
    }

    /// Our side can still send: not ended, not closed.
    package var isOpen: Bool { flags.isDisjoint(with: [.ending, .sentEnd, .closed]) }

    /// Nothing waits and the windows are open.
    package var isWritable: Bool {
        guard flags.subtracting(.harmless) == .sentHeaders else { return false }
        return unsafe connection._withUnsafeGuaranteedRef {
            $0.room(for: self) > 0 && $0.hasOutputRoom
        }
    }

    /// Appends DATA frames with these bytes to the output, or does nothing and returns false; then
    /// `.writable` follows once a send of this size can succeed. No allocation beyond the output's.
    ///
    /// Bytes that exceed half of the peer's initial window, or of the 65,535 that the connection's
    /// has at least, might never fit at once; they are taken whole as soon as the windows are open
    /// at all, and the rest waits in the queue.
    package func trySend(_ bytes: RawSpan) -> Bool {
        if offer(bytes) { return true }
        guard isOpen, hasSentHeaders else { return false }
        return unsafe connection._withUnsafeGuaranteedRef { $0.trySendSlowly(bytes, on: self) }
    }
}
