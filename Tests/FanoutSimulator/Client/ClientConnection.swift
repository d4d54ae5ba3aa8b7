import Base
import GRPC
import HTTP2

/// The client's end of a link: HTTP/2 whose windows are this simulation's own. The library's client
/// keeps the streams and the header blocks; DATA never reaches it, so that it gives nothing back by
/// itself and whatever the server sends is measured against what it was allowed to.
final class ClientConnection {
    let number: Int
    let link: Link
    private let http2: HTTP2Connection
    private let output = OutputBuffer()
    private let world: World
    private var reader = FrameReader()
    private var windows: WindowBook
    private(set) var calls: [UInt32: ClientCall] = [:]
    /// SETTINGS of ours that the server has not acknowledged; the library sent the first one.
    private var settingsSent = 1
    private var settingsAnswered = 0
    var manner: ReadingManner
    /// The server wants no further calls.
    private(set) var isGoingAway = false
    /// Nothing more can come.
    private(set) var isOver = false
    private(set) var goAwayCode: HTTP2ErrorCode?
    private(set) var messagesReceived = 0
    /// A call was reset, so that messages may have been sent that never came.
    private(set) var hasReset = false

    init(number: Int, link: Link, manner: ReadingManner, initialWindow: Int, world: World) {
        (self.number, self.link, self.manner, self.world) = (number, link, manner, world)
        var limits = HTTP2Limits.client
        limits.streamReceiveWindow = Int32(initialWindow)
        limits.connectionReceiveWindow = 65_535
        windows = WindowBook(initial: initialWindow)
        http2 = HTTP2Connection(role: .client, limits: limits, output: output)
        http2.flush()
    }

    var now: Instant { world.clock.instant }

    /// Everything that was sent has been taken, and everything that came was read.
    var isQuiet: Bool {
        isOver
            || output.isEmpty && link.up.count == 0 && link.down.count == 0
                && windows.owedConnection == 0 && windows.owingStreams.isEmpty
                && calls.values.allSatisfy(\.isSettled)
    }

    var summary: String {
        "\(output.count) bytes to send, \(link.up.count) up, \(link.down.count) down, "
            + "\(windows.owedConnection) owed, going away: \(isGoingAway)"
    }

    // MARK: Calls

    func start(_ call: ClientCall, path: String, messagePack: Bool) -> Bool {
        guard !isOver, !isGoingAway else { return false }
        let fields = [
            HTTP2Field(":method", "POST"), HTTP2Field(":scheme", "http"),
            HTTP2Field(":path", path), HTTP2Field(":authority", "gateway"),
            HTTP2Field("te", "trailers"),
            HTTP2Field(
                "content-type", messagePack ? "application/grpc+msgpack" : "application/grpc"),
        ]
        guard let stream = http2.openStream(fields) else { return false }
        world.tally.calls += 1
        calls[stream.id] = call
        windows.opened(stream.id)
        call.opened(stream, on: self)
        flush()
        return true
    }

    func send(_ message: [UInt8], on stream: HTTP2Stream) {
        var framed: [UInt8] = [0]
        for shift in [24, 16, 8, 0] {
            framed.append(UInt8(truncatingIfNeeded: message.count >> shift))
        }
        framed += message
        _ = framed.withRawSpan { http2.send($0, on: stream) }
        flush()
    }

    func end(_ stream: HTTP2Stream) {
        http2.end(stream, trailers: nil)
        flush()
    }

    func cancel(_ call: ClientCall) {
        guard let stream = call.stream, !call.isOver else { return }
        world.tally.cancels += 1
        hasReset = true
        http2.reset(stream, .cancel)
        forget(call, "cancelled here")
        flush()
    }

    private func forget(_ call: ClientCall, _ reason: String) {
        guard let id = call.stream?.id, calls.removeValue(forKey: id) != nil else { return }
        windows.closed(id)
        call.ended(reason)
    }

    // MARK: Bytes

    /// One step of a client that reads.
    func act() {
        guard !isOver else { return }
        if world.dice.chance(manner.readChance) { read() }
        if world.dice.chance(manner.creditChance) { giveCredit() }
        flush()
        if link.isClosedByServer, link.down.count == 0 { lost("closed by the server") }
    }

    private func read() {
        var left = manner.readBytesMax
        while left > 0, !isOver, let piece = link.down.read(limit: min(left, readLimit)) {
            left -= piece.bytes.count
            world.tally.bytes += piece.bytes.count
            reader.append(piece.bytes)
            while !isOver, let frame = reader.next() { received(frame, sentAt: piece.writtenAt) }
            if manner.readBytesMax < .max, world.dice.chance(0.5) { break }
        }
    }

    private var readLimit: Int {
        manner.readBytesMax == .max ? .max : world.dice.spread(1...max(1, manner.readBytesMax))
    }

    private func received(_ frame: FrameReader.Frame, sentAt: Instant) {
        switch frame.type {
        case 0: receivedData(frame, sentAt: sentAt)
        case 4 where frame.flags & 1 != 0:
            settingsAnswered += 1
            guard settingsAnswered > 1 else { return feed(frame) }
            windows.changeAnswered()
        default: feed(frame)
        }
    }

    private func receivedData(_ frame: FrameReader.Frame, sentAt: Instant) {
        let size = frame.payload.count
        world.judge.require(
            windows.received(size, on: frame.streamID), .bound,
            "server of client \(number) sent \(size) bytes on stream \(frame.streamID) "
                + "that no window allowed")
        world.judge.require(
            frame.flags == 0, .order, "DATA with flags \(frame.flags) in a gRPC response")
        guard let call = calls[frame.streamID] else {
            world.judge.require(
                hasReset, .order, "DATA on stream \(frame.streamID), which has ended")
            return
        }
        messagesReceived += call.received(frame.payload, sentAt: sentAt)
    }

    private func feed(_ frame: FrameReader.Frame) {
        frame.bytes.withRawSpan { http2.receive($0, now: now) }
        http2.flush()
        let batch = http2.takeEvents()
        for event in batch.events { handle(event) }
        http2.recycle(batch)
        flush()
    }

    private func handle(_ event: HTTP2Event) {
        switch event {
        case .headers(let stream, let fields, _): calls[stream.id]?.received(fields)
        case .ended(let stream):
            guard let call = calls[stream.id] else { return }
            forget(call, "ended")
        case .closed(let stream, let code):
            guard let call = calls[stream.id] else { return }
            hasReset = true
            call.wasReset(code)
            forget(call, "reset with \(code.rawValue)")
        case .goAway(_, let code):
            isGoingAway = true
            goAwayCode = code
        case .failed(let error):
            world.judge.require(false, .order, "the server broke HTTP/2: \(error)")
        case .data, .writable, .pong: break
        }
    }

    private func giveCredit() {
        let dice = world.dice
        let givesAll = manner.givesAll
        let part: (Int) -> Int = { $0 == 0 || givesAll ? $0 : dice.spread(1...$0) }
        for id in windows.owingStreams {
            let size = windows.give(part, to: id)
            if size > 0 { appendWindowUpdate(id, size) }
        }
        let size = windows.giveConnection(part)
        if size > 0 { appendWindowUpdate(0, size) }
    }

    private func appendWindowUpdate(_ id: UInt32, _ size: Int) {
        appendFrame(type: 8, payloadBytes: 4)
        appendNumber(id)
        appendNumber(UInt32(size))
    }

    /// A new initial window for every stream (SETTINGS_INITIAL_WINDOW_SIZE).
    func changeInitialWindow(to size: Int) {
        world.tally.windowChanges += 1
        world.trace.note("client \(number): initial window \(size)")
        windows.initialChanges(to: size)
        settingsSent += 1
        appendFrame(type: 4, payloadBytes: 6)
        appendNumber(0)
        output.append([0, 4])
        appendNumber(UInt32(size))
        flush()
    }

    private func appendFrame(type: UInt8, payloadBytes: UInt8) {
        output.append([0, 0, payloadBytes, type, 0])
    }

    private func appendNumber(_ number: UInt32) {
        output.append([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) })
    }

    private func flush() {
        http2.flush()
        let limit = link.isSmooth ? Int.max : world.dice.spread(1...65_536)
        output.consume(output.withSpan { link.up.write($0, limit: limit, at: now) })
    }

    // MARK: The end

    /// The client goes, in the middle of whatever is under way.
    func cut() {
        guard !isOver else { return }
        world.tally.cuts += 1
        link.cut(keeping: world.dice.spread(0...65_536))
        lost("cut")
    }

    private func lost(_ reason: String) {
        guard !isOver else { return }
        world.trace.note("client \(number): \(reason)")
        isOver = true
        http2.connectionLost()
        for call in calls.sorted(by: { $0.key < $1.key }).map(\.value) {
            call.connectionLost()
            forget(call, reason)
        }
    }
}
