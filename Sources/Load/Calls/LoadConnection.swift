internal import Base
internal import Runtime

/// What the owner of a connection learns of it.
protocol LoadConnectionOwner: AnyObject {
    /// Time to open calls.
    func opened(_ connection: LoadConnection)
    /// The socket is gone; `wasCut`: we closed it.
    func closed(_ connection: LoadConnection, wasCut: Bool, _ reason: String)
}

/// One HTTP/2 connection: frames to calls, windows given back when half of them is used.
final class LoadConnection: ByteStreamDelegate {
    let loop: EventLoop
    let target: LoadTarget
    let windows: Windows
    weak var owner: (any LoadConnectionOwner)?
    private(set) var calls: [UInt32: LoadCall] = [:]

    typealias Windows = LoadTarget.Windows

    private var stream: ByteStream?
    private var frames = FrameReader()
    private var nextCall: UInt32 = 1
    private var unreturned = 0
    private var wasCut = false
    private var fault = ""

    init(to target: LoadTarget, on loop: EventLoop, windows: Windows) {
        (self.target, self.loop, self.windows) = (target, loop, windows)
    }

    /// Anew, after the first one closed.
    func connect() {
        (frames, calls, nextCall, unreturned) = (FrameReader(), [:], 1, 0)
        (wasCut, fault) = (false, "")
        stream = ByteStream.connect(
            to: target.endpoint, on: loop, timeout: .seconds(60), delegate: self)
        write { $0.preface(window: windows.stream, connectionWindow: windows.connection) }
    }

    /// The socket goes without a word to the server.
    func cut() {
        wasCut = true
        stream?.close()
    }

    /// Leaves in the kernel whatever comes from now on.
    func stopReading() { stream?.pauseReading() }

    // MARK: Calls

    func open(_ call: LoadCall, _ message: [UInt8], endsRequest: Bool) {
        let number = nextCall
        nextCall += 2
        calls[number] = call
        call.begin(as: number, on: self)
        write {
            $0.request(call.path, to: target, on: number)
            $0.message(message, endsRequest: endsRequest, on: number)
        }
    }

    func send(_ message: [UInt8], on call: UInt32) {
        write { $0.message(message, endsRequest: false, on: call) }
    }

    /// What is still under way for the call is ignored when it comes.
    func cancel(_ call: UInt32) {
        guard calls.removeValue(forKey: call) != nil else { return }
        write { $0.cancel(call) }
    }

    private func write(_ body: (FrameWriter) -> Void) {
        guard let stream, !stream.isClosed else { return }
        body(FrameWriter(output: stream.output))
        stream.flushAtEndOfTurn()
    }

    // MARK: ByteStreamDelegate

    func opened(_ stream: ByteStream) { owner?.opened(self) }

    func becameWritable(_ stream: ByteStream) {}

    func received(_ bytes: RawSpan, on stream: ByteStream) {
        let now = UInt64(Clock.timestamp().nanoseconds)
        frames.read(bytes) { header, piece, isLast in
            take(header, piece, isLast, now)
        }
    }

    func closed(_ stream: ByteStream, _ reason: SystemError?) {
        guard stream === self.stream else { return }
        let text = fault.isEmpty ? reason.map { "\($0)" } ?? "the server closed it" : fault
        owner?.closed(self, wasCut: wasCut, text)
    }

    // MARK: Frames

    private func take(
        _ header: FrameReader.Header, _ piece: RawSpan, _ isLast: Bool, _ now: UInt64
    ) {
        switch header.kind {
        case FrameReader.Kind.data: takeData(header, piece, isLast, now)
        case FrameReader.Kind.headers where header.hasFirstFlag: end(header.stream)
        case FrameReader.Kind.reset: end(header.stream)
        case FrameReader.Kind.settings where !header.hasFirstFlag:
            write { $0.settingsAcknowledgement() }
        case FrameReader.Kind.ping where !header.hasFirstFlag:
            write { $0.pingAcknowledgement(piece) }
        case FrameReader.Kind.goAway:
            fault = "GOAWAY \(piece.byteCount > 8 ? piece.extracting(8...).text() : "")"
        default: break
        }
    }

    private func takeData(
        _ header: FrameReader.Header, _ piece: RawSpan, _ isLast: Bool, _ now: UInt64
    ) {
        unreturned += piece.byteCount
        if unreturned * 2 > windows.connection {
            let increment = unreturned
            write { $0.windowUpdate(increment, on: 0) }
            unreturned = 0
        }
        guard let call = calls[header.stream] else { return }
        call.read(piece, now)
        if let increment = call.windowToReturn(windows.stream) {
            write { $0.windowUpdate(increment, on: header.stream) }
        }
        if isLast, header.hasFirstFlag { end(header.stream) }
    }

    private func end(_ number: UInt32) {
        calls.removeValue(forKey: number)?.ended()
    }
}
