package import Base

/// One HTTP/2 connection without its socket: bytes in by `receive`, bytes out through `output`,
/// events by `takeEvents`. nghttp2 runs the control plane; outgoing DATA is framed here and the
/// send windows are kept here.
///
/// Order of frames: the library is drained completely before any DATA is framed, so HEADERS come
/// before DATA and a CONTINUATION sequence is never split. While `outputBlocked`, nothing is
/// drained or framed; that keeps the library's limits on unanswered PING and SETTINGS working.
///
/// Bounds: `HTTP2Limits`. Confined to its loop; never entered from within the library.
@safe
package final class HTTP2Connection {
    package let role: HTTP2Role
    package let limits: HTTP2Limits
    package let output: OutputBuffer
    /// Told when the output turns from empty to not empty, where no turn sees to its flush.
    package var wantsFlush: () -> Void {
        get { output.wantsFlush }
        set { output.wantsFlush = newValue }
    }

    /// Told once when something begins to wait for room in the output: `outputDrained` must follow
    /// after the output has left, even if the socket is never blocked.
    package var awaitsOutput: () -> Void = {}

    /// Told of every limit that the peer reached, before the answer is on the wire.
    package var limitReached: (HTTP2Limit) -> Void = { _ in }

    let control: ControlPlane
    var splitter: FrameSplitter
    var batch = HTTP2EventBatch()
    /// Ascending by number.
    private(set) var streams: [HTTP2Stream] = []
    /// Streams with queued bytes, next one to serve first, and among them such as have nothing to
    /// send any more.
    var waiting: [HTTP2Stream] = []
    /// How many of `waiting` have nothing to send any more.
    var forgottenCount = 0
    /// Streams that were refused a send, and such as are closed.
    var behind: [HTTP2Stream] = []
    var closedBehindCount = 0
    /// The first so many of `behind` came back in vain since the last `wake`.
    var vainCount = 0
    /// Streams were told of room that the owner has not heard of yet.
    var isTelling = false
    /// `waiting` is being gone through.
    var isPumping = false
    /// What streams have queued.
    var queuedBytes: Int {
        get { output.bytesHeldBack }
        set { output.bytesHeldBack = newValue }
    }
    /// What the peer ever allowed us to send on the connection.
    var windowGranted = 65_535
    var initialWindow = 65_535
    /// What it allows us now; may be negative.
    var window: Int {
        get { output.connectionWindow }
        set { output.connectionWindow = newValue }
    }
    /// The library has frames that must precede further DATA.
    var hasUndrained = true { didSet { openLanes() } }
    var counters = ConnectionCounters()
    /// Streams that the library may forget once it is drained, how many it has forgotten, and those
    /// of them that end: with RST_STREAM if there is a code.
    var detachable: [HTTP2Stream] = []
    var detachedCount = 0
    var detachedEnds: [(UInt32, HTTP2ErrorCode?)] = []
    /// The last stream that the peer has opened.
    var openedMax: UInt32 = 0
    /// A server hears and says GOAWAY itself: the peer will open no more streams, and the last one
    /// that we serve.
    private var isGoodbyeHeard = false
    var lastWelcome: UInt32?
    var owesGoodbye = false
    /// Closed streams on which the peer may still be sending.
    var forgiven: [UInt32] = []
    /// Streams to reset once their trailers left the library.
    private var resetAfterDrain: [HTTP2Stream] = []
    private var fault: HTTP2Error? { didSet { openLanes() } }
    private var isBlocked = false { didSet { openLanes() } }
    private var isAwaitingOutput = false

    static let windowMax = 0x7fff_ffff

    package init(
        role: HTTP2Role, limits: HTTP2Limits, output: OutputBuffer,
        wantsFlush: @escaping () -> Void = {}
    ) {
        self.role = role
        self.limits = limits
        self.output = output
        output.wantsFlush = wantsFlush
        output.limitLanes(bytesMax: limits.outputBytesMax)
        output.connectionWindow = windowGranted
        control = ControlPlane(
            role: role, limits: limits, lender: output.shared { FrameLender() })
        splitter = FrameSplitter(
            role: role, judge: role == .server ? FrameJudge(limits) : nil)
    }

    // Streams point here and at the output without keeping either; a closed one touches neither
    // (`FrameRows`, `FrameLane`).
    deinit { for stream in streams { stream.flags.insert(.closed) } }

    /// Lanes append behind everything that the library has to say, and not at all when it may not.
    private func openLanes() { output.openForLanes(!hasUndrained && maySend) }

    /// Why the connection cannot go on.
    package var failure: HTTP2Error? { fault }

    /// The socket did not take everything. Set by the shell; cleared by `outputDrained`.
    package var outputBlocked: Bool {
        get { isBlocked }
        set { isBlocked = newValue }
    }

    /// Neither the socket nor a fault forbids framing.
    var maySend: Bool { !isBlocked && fault == nil }

    /// Nothing more will come or go: close the socket once the output has left.
    package var isFinished: Bool {
        if failure != nil { return true }
        if control.wantsWrite || hasUndrained { return false }
        if !control.wantsRead && control.hasGivenUp { return true }
        guard waiting.count == forgottenCount, detachedCount == 0 else { return false }
        return !control.wantsRead || streams.isEmpty && (isGoodbyeHeard || lastWelcome != nil)
    }

    package var streamCount: Int { streams.count }

    /// Takes inbound bytes, cut anywhere. Call `flush` afterwards.
    package func receive(_ bytes: RawSpan, now: Instant = Instant(nanoseconds: 0)) {
        splitter.judge?.began(
            now: now, headersSent: control.headersCount,
            dataSent: Int64(windowGranted - window))
        var position = 0
        while failure == nil, let piece = splitter.next(bytes, at: &position) {
            switch piece {
            case .bytes(let range): feed(bytes.extracting(range))
            case .heldHead(let earlier):
                if let earlier { receivesOn(earlier) }
                let held = splitter.held
                unsafe feed(held.span.bytes.extracting(0..<9))
            case .windowUpdate(let streamID, let increment):
                if !opened(streamID, by: Int(increment)) { refuse(streamID, increment) }
            case .earlier(let streamID): receivesOn(streamID)
            case .goAway(let last, let code):
                isGoodbyeHeard = true
                batch.events.append(
                    .goAway(lastStreamID: last, HTTP2ErrorCode(rawValue: code)))
            }
        }
        splitter.readEnded(now: now)
        enforce()
    }

    /// Sends what may be sent now: control frames, queued DATA; then finds who can write again.
    package func flush() {
        guard maySend else { return }
        drain()
        pump()
        drain()
        detachSettled()
        wake()
        noteAwaitedOutput()
        enforce()
    }

    /// The socket took all output.
    package func outputDrained() {
        outputBlocked = false
        isAwaitingOutput = false
        flush()
    }

    /// The socket is gone: every stream is closed, and nothing is sent or queued any more.
    package func connectionLost() {
        outputBlocked = true
        for stream in streams.reversed() { remove(stream.id, .cancel) }
        (waiting, forgottenCount, behind, vainCount) = ([], 0, [], 0)
    }

    /// Something waits for room in the output, though the socket may not be blocked: call
    /// `outputDrained` once the output has left.
    package var waitsForOutput: Bool {
        !hasOutputRoom && (waiting.count > forgottenCount || !behind.isEmpty)
    }

    func noteAwaitedOutput() {
        guard !isAwaitingOutput, waitsForOutput else { return }
        isAwaitingOutput = true
        awaitsOutput()
    }

    /// The events so far, in order; the batch may be given back to reuse its memory.
    package func takeEvents() -> HTTP2EventBatch {
        let taken = batch
        batch = HTTP2EventBatch()
        isTelling = false
        return taken
    }

    package func recycle(_ used: consuming HTTP2EventBatch) {
        guard batch.events.isEmpty, batch.data.isEmpty else { return }
        used.events.removeAll(keepingCapacity: used.events.capacity <= bytesKeptMax / 32)
        used.data.removeAll(keepingCapacity: used.data.capacity <= bytesKeptMax)
        batch = used
    }

    /// Memory kept between reads. A server's many connections are idle and get small requests; a
    /// client's one connection reads all the time.
    private var bytesKeptMax: Int { role == .server ? 256 : 1 << 18 }

    func feed(_ bytes: RawSpan) {
        guard failure == nil else { return }
        hasUndrained = true
        do throws(HTTP2Error) { try control.feed(bytes) } catch { fail(error) }
        takeControlEvents()
    }

    func drain() {
        guard hasUndrained, maySend else { return }
        let wasEmpty = output.isEmpty
        do throws(HTTP2Error) {
            repeat {
                hasUndrained = false
                try control.drain(into: output)
                drainDetached()
                let finished = resetAfterDrain
                resetAfterDrain = []
                for stream in finished where !stream.isClosed {
                    submitReset(stream, .noError, isSwallowed: false)
                }
            } while hasUndrained
        } catch { fail(error) }
        if wasEmpty && !output.isEmpty { output.becameFilled() }
        takeControlEvents()
    }

    func fail(_ error: HTTP2Error) {
        guard fault == nil else { return }
        if error == .flooded { limitReached(.acknowledgements) }
        fault = error
        batch.events.append(.failed(error))
    }

    private func takeControlEvents() {
        guard !control.events.isEmpty else { return }
        let base = batch.data.count
        batch.data.append(contentsOf: control.data)
        control.data.removeAll(keepingCapacity: control.data.capacity <= bytesKeptMax)
        let events = control.events
        control.events = []
        for event in events { handle(event, dataBase: base) }
    }

    private func handle(_ event: ControlEvent, dataBase: Int) {
        switch event {
        case .headers(let id, let fields, let opensStream, let isTooLarge):
            if opensStream {
                openedMax = max(openedMax, id)
                guard admits(id) else { return }
                add(id)
            }
            guard let stream = stream(id) else { return }
            if isTooLarge { limitReached(.headerList) }
            batch.events.append(.headers(stream, fields, isTooLarge: isTooLarge))
        case .data(let id, let range):
            guard let stream = stream(id) else { return }
            batch.events.append(
                .data(stream, range.lowerBound + dataBase..<range.upperBound + dataBase))
        case .ended(let id): receivedEnd(id)
        case .closed(let id, let code):
            guard let stream = stream(id) else { return forgive(id) }
            if stream.flags.contains(.detached) { return }
            remove(id, HTTP2ErrorCode(rawValue: code))
        case .peerReset(let id, let code):
            guard let stream = stream(id) else { return }
            stream.flags.insert(.receivedEnd)
            // Of others the library says that they are closed.
            if stream.flags.contains(.detached) { remove(id, HTTP2ErrorCode(rawValue: code)) }
        case .headersNotSent(let id):
            if let stream = stream(id) { reset(stream, .internalError) }
        case .initialWindow(let size): initialWindowChanged(to: Int(size))
        case .goAway(let last, let code):
            batch.events.append(
                .goAway(lastStreamID: last, HTTP2ErrorCode(rawValue: code)))
        case .pong(let opaque): batch.events.append(.pong(opaque))
        case .emptyData: splitter.judge?.receivedEmptyFrame()
        case .provokedReset: splitter.judge?.provokedReset()
        case .endlessHeaders: splitter.judge?.receivedEndlessHeaders()
        }
    }

    private func receivedEnd(_ id: UInt32) {
        guard let stream = stream(id) else { return }
        stream.flags.insert(.receivedEnd)
        batch.events.append(.ended(stream))
        mayDetach(stream)
        // A client's stream is over with the response; the library does not see our DATA end it.
        guard role == .client else { return }
        let isComplete = stream.flags.contains(.sentEnd)
        stream.flags.insert(.sentEnd)
        forgetQueue(of: stream)
        submitReset(stream, .noError, isSwallowed: isComplete)
    }
}

extension HTTP2Connection {
    /// Nil once the stream is closed. O(log streams).
    func stream(_ id: UInt32) -> HTTP2Stream? { index(of: id).map { streams[$0] } }

    private func index(of id: UInt32) -> Int? {
        var (low, high) = (0, streams.count)
        while low < high {
            let middle = (low + high) / 2
            if streams[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low < streams.count && streams[low].id == id ? low : nil
    }

    @discardableResult
    func add(_ id: UInt32) -> HTTP2Stream {
        let stream = HTTP2Stream(id: id, connection: self, window: initialWindow)
        streams.append(stream)
        counters.streamsStarted += 1
        return stream
    }

    func remove(_ id: UInt32, _ code: HTTP2ErrorCode) {
        guard let index = index(of: id) else { return }
        let stream = streams.remove(at: index)
        if stream.flags.contains(.detached) { detachedCount -= 1 }
        if !stream.hasReceivedEnd { forgive(id) }
        forgetQueue(of: stream)
        stream.flags.insert(.closed)
        if stream.flags.contains(.behind) { closedBehind() }
        batch.events.append(.closed(stream, code))
    }

    func submitReset(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode, isSwallowed: Bool) {
        if stream.flags.contains(.detached) {
            return resetDetached(stream, isSwallowed ? nil : code)
        }
        hasUndrained = true
        control.submitReset(stream.id, code, isSwallowed: isSwallowed)
    }

    /// Our trailers are on their way: if the request is still open, tell the peer to stop sending,
    /// which must not overtake them (RFC 9113 §8.1).
    func endedByTrailers(_ stream: HTTP2Stream) {
        hasUndrained = true
        stream.flags.insert(.sentEnd)
        counters.streamsEnded += 1
        if role == .server && !stream.hasReceivedEnd { resetAfterDrain.append(stream) }
    }
}
