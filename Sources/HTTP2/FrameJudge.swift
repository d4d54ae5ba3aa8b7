internal import Base

/// Counts what a client sends, frame by frame, before the library sees it: the first limit that is
/// reached stands in `reached`, and nothing after that frame is looked at.
///
/// Holds some hundred bytes and never allocates; a frame costs a few instructions.
struct FrameJudge {
    private(set) var reached: HTTP2Limit?

    private let rates: FrameRates
    private let continuationsMax: Int
    private let headerBlockBytesMax: Int
    private let headerTimeMax: Duration
    private var policy: PingPolicy
    private var now = Instant(nanoseconds: 0)
    /// Grows with every HEADERS frame and DATA byte of ours.
    private var sent: Int64 = 0
    private var pings = RateBudget()
    private var settings = RateBudget()
    private var emptyFrames = RateBudget()
    private var resets = RateBudget()
    private var priorities = RateBudget()
    private var strayFrames = RateBudget()
    private var windowUpdates = RateBudget()
    private var blockFrames = 0
    private var blockBytes = 0
    private var blockSince: Instant?

    /// A window update may follow this many bytes of DATA: half of the smallest useful message, for
    /// its stream and for the connection.
    private static let windowBytesPerUpdate: Int64 = 32

    init(_ limits: HTTP2Limits) {
        rates = limits.frames
        continuationsMax = limits.continuationsMax
        headerBlockBytesMax = limits.headerBlockBytesMax
        headerTimeMax = limits.headerTimeMax
        policy = PingPolicy(intervalMin: limits.pingIntervalMin, strikesMax: limits.pingStrikesMax)
    }

    /// Before the frames of a read. `headersSent` and `dataSent` ever grow.
    mutating func began(now: Instant, headersSent: Int64, dataSent: Int64) {
        self.now = now
        guard headersSent + dataSent != sent else { return }
        windowUpdates.earn(
            (headersSent + dataSent - sent) / Self.windowBytesPerUpdate, rates.windowUpdates)
        sent = headersSent + dataSent
        policy.sentFrames()
    }

    /// A frame's head (RFC 9113 §6).
    mutating func entered(type: UInt8, flags: UInt8, length: Int) {
        switch type {
        case 0, 5: break  // DATA; PUSH_PROMISE, which the library answers with GOAWAY
        case 1:
            (blockFrames, blockBytes) = (0, length)
            blockSince = now
            if length == 0 { receivedEmptyFrame() }
            if blockBytes > headerBlockBytesMax { note(.headerBlock) }
        case 2: if !priorities.take(rates.priorities, now: now) { note(.priorities) }
        case 3: if !resets.take(rates.resets, now: now) { note(.resets) }
        case 4:
            let isAnswer = flags & 1 != 0
            if !isAnswer && !settings.take(rates.settings, now: now) { note(.settings) }
        case 6:
            if !pings.take(rates.pings, now: now) { note(.pings) }
            let isAnswer = flags & 1 != 0
            if !isAnswer && policy.receivedPing(now: now) == .endConnection { note(.pings) }
        case 8: if !windowUpdates.take(rates.windowUpdates, now: now) { note(.windowUpdates) }
        case 9:
            blockFrames += 1
            blockBytes += length
            if length == 0 { receivedEmptyFrame() }
            if blockFrames > continuationsMax { note(.continuations) }
            if blockBytes > headerBlockBytesMax { note(.headerBlock) }
        default: if !strayFrames.take(rates.strayFrames, now: now) { note(.strayFrames) }
        }
    }

    /// A frame without payload; DATA counts if it does not end the stream, and only its padding
    /// tells that it is empty.
    mutating func receivedEmptyFrame() {
        if !emptyFrames.take(rates.emptyFrames, now: now) { note(.emptyFrames) }
    }

    /// A stream error of the peer's making made us send RST_STREAM.
    mutating func provokedReset() {
        if !resets.take(rates.resets, now: now) { note(.resets) }
    }

    /// A header list that goes far beyond what we announced.
    mutating func receivedEndlessHeaders() { note(.headerBlock) }

    /// After the frames of a read, and when time has passed.
    mutating func ended(now: Instant, isInsideHeaders: Bool) {
        guard isInsideHeaders, let since = blockSince else {
            blockSince = nil
            return
        }
        if now - since >= headerTimeMax { note(.headerTime) }
    }

    /// When an unfinished header block is overdue.
    var nextTick: Instant? { blockSince.map { $0 + headerTimeMax } }

    private mutating func note(_ limit: HTTP2Limit) {
        if reached == nil { reached = limit }
    }
}
