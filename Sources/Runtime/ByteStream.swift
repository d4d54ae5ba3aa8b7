package import Base
internal import CLinux

/// A TCP connection, with or without TLS: bytes in through the delegate, bytes out through
/// `output`. Confined to its loop, which keeps it alive while it is open.
///
///     resolving → connecting → securing → open → draining → closed
///                                           └→ ending ──────↗
///
/// Output is sent once a turn, at its end, however often it was appended to. What the kernel does
/// not take waits, the stream is blocked, and `becameWritable` tells when all of it left: bounding
/// what is appended meanwhile is the owner's part.
package final class ByteStream: EventHandler {
    enum Phase {
        case resolving, connecting, securing, open
        /// The peer ended; closes after this turn's send.
        case ending
        /// We end; closes when the peer does, or after `drainLimit`.
        case draining
        case closed
    }

    package let loop: EventLoop
    package let output = OutputBuffer()
    package weak var delegate: (any ByteStreamDelegate)?
    /// The other side; while a name is being resolved, unspecified.
    package internal(set) var peer: SocketAddress
    /// The kernel did not take everything; `becameWritable` will come.
    package internal(set) var isBlocked = false

    var phase: Phase
    var closeReason: SystemError?
    var attempt: ConnectAttempt?
    var tls: TLSSession?
    var socket: Int32 = -1
    private var token: WatchToken?
    private var interest: UInt32 = 0
    private var isReadingPaused = false
    private var isDirty = false
    private var isSettling = false
    private var hasShutDown = false
    private var hasPeerEnded = false
    private var isWarm = false
    private var hasSentLately = false
    private var drainTimer: TimerID?
    private var idleTimer: TimerID?
    private var idleLimit: Duration?
    private var lastReceived: Instant

    /// How long a peer may take to end the connection after we did.
    static let drainLimit = Duration.seconds(5)

    init(on loop: EventLoop, peer: SocketAddress, phase: Phase) {
        self.loop = loop
        self.peer = peer
        self.phase = phase
        lastReceived = loop.turnInstant
    }

    /// A stream over a connected socket, as a listener accepts it.
    init(accepted socket: Int32, peer: SocketAddress, on loop: EventLoop) throws(SystemError) {
        self.loop = loop
        self.peer = peer
        self.phase = .open
        self.socket = socket
        lastReceived = loop.turnInstant
        interest = clinux_readable
        token = try loop.watch(socket, interest, self)
    }

    package var isClosed: Bool { phase == .closed }

    // MARK: verbs

    /// Sends the output at the end of this turn, or as soon as the stream is open or unblocked.
    @inline(__always)
    package func flushAtEndOfTurn() {
        loop.preconditionInLoop()
        if isDirty || isBlocked { return }
        isDirty = true
        loop.dirtyStreams.append(self)
    }

    /// Leaves further bytes in the kernel, so that the peer is slowed down. Up to one read that has
    /// already begun may still arrive.
    package func pauseReading() {
        loop.preconditionInLoop()
        isReadingPaused = true
        updateInterest()
    }

    package func resumeReading() {
        loop.preconditionInLoop()
        isReadingPaused = false
        if tls?.hasPendingBytes == true { loop.rereadingStreams.append(self) }
        updateInterest()
    }

    /// Closes now; what has not left is lost.
    package func close() {
        loop.preconditionInLoop()
        finish(nil)
    }

    /// Sends what is in the output, then ends our direction, and closes when the peer ends its own
    /// or after five seconds. What still arrives is ignored.
    package func closeAfterFlush() {
        loop.preconditionInLoop()
        switch phase {
        case .closed, .draining, .ending: return
        case .resolving, .connecting, .securing: finish(nil)
        case .open:
            isReadingPaused = false
            drain()
            flushAtEndOfTurn()
        }
    }

    private func drain() {
        phase = .draining
        updateInterest()
        drainTimer = loop.schedule(after: ByteStream.drainLimit) { [weak self] in
            self?.finish(nil)
        }
    }

    /// Closes the stream with `.timedOut` when nothing arrived for this long; nil: never.
    package func closeWhenIdle(for limit: Duration?) {
        loop.preconditionInLoop()
        if let timer = idleTimer { loop.cancel(timer) }
        idleTimer = nil
        idleLimit = limit
        lastReceived = loop.turnInstant
        if let limit { scheduleIdleCheck(after: limit, limit) }
    }

    private func scheduleIdleCheck(after delay: Duration, _ limit: Duration) {
        // Arrivals only note the time; the timer looks at it and, if need be, goes on waiting.
        idleTimer = loop.schedule(after: delay) { [weak self] in
            guard let self, self.phase != .closed else { return }
            let left = (self.lastReceived + limit) - Clock.now()
            if left > .zero {
                self.scheduleIdleCheck(after: left, limit)
            } else {
                self.finish(.timedOut(doing: "receive from \(self.peer)", limit: limit))
            }
        }
    }
}

/// What the loop calls.
extension ByteStream {
    func ready(_ events: UInt32) {
        switch phase {
        case .closed, .resolving: return
        case .connecting: return connectFinished()
        case .securing: return continueHandshake()
        case .open, .ending, .draining: break
        }
        if events & clinux_failed != 0 {
            let code = clinux_socket_error(socket)
            if code < 0 { return finish(.failed(doing: "connection to \(peer)", code: -code)) }
        }
        if events & clinux_writable != 0 { sendAfterBlock() }
        guard events & (clinux_readable | clinux_hung_up) != 0 else { return }
        if phase == .open && isReadingPaused {
            // epoll reports a hang-up whether asked or not; the bytes before it are read later.
            if events & clinux_hung_up != 0 { leaveEpoll() }
        } else if phase == .open || phase == .draining, !hasPeerEnded {
            read()
        }
    }

    func loopStops() { finish(nil) }

    /// The send of the turn. Calls nobody.
    func flush() {
        isDirty = false
        guard phase == .open || phase == .draining || phase == .ending, !isBlocked else { return }
        if send(), phase == .draining { shutDownWriting() }
        hasSentLately = true
        if isWarm { return }
        isWarm = true
        loop.keepWarm(self)
    }

    /// Asked every few seconds after a send; false once the stream is idle and holds no memory.
    func staysWarm() -> Bool {
        isWarm = (hasSentLately || !output.isEmpty) && phase != .closed
        hasSentLately = false
        if !isWarm { output.release() }
        return isWarm
    }

    /// After the turn's sends: tells the delegate that the stream is closed.
    func settle() {
        isSettling = false
        if phase == .ending {
            // The kernel did not take all of the answer to the peer's last bytes.
            if isBlocked { return drain() }
            tearDown(nil)
        }
        guard phase == .closed, let delegate else { return }
        self.delegate = nil
        delegate.closed(self, closeReason)
    }
}

/// Sending and receiving.
extension ByteStream {
    /// True if nothing is left.
    private func send() -> Bool {
        if output.isEmpty { return true }
        let sent = unsafe output.withBytes { bytes in
            if let tls { return unsafe tls.write(bytes) }
            return unsafe clinux_send(socket, bytes.baseAddress, bytes.count)
        }
        if sent >= 0 {
            output.consume(sent)
        } else if sent != Int(clinux_would_block()) {
            finish(failure(of: sent, "send to"))
            return false
        }
        if output.isEmpty { return true }
        isBlocked = true
        updateInterest()
        return false
    }

    private func sendAfterBlock() {
        guard isBlocked else { return }
        isBlocked = false
        guard send() else { return }
        updateInterest()
        if phase == .draining {
            shutDownWriting()
        } else if phase == .open {
            delegate?.becameWritable(self)
        }
    }

    func read() {
        lastReceived = loop.turnInstant
        if let tls { return readSecured(tls) }
        let count = unsafe clinux_receive(
            socket, loop.readBuffer.baseAddress, loop.readBuffer.count)
        if count > 0 {
            deliver(count)
        } else if count == 0 {
            peerEnded()
        } else if count != Int(clinux_would_block()) {
            finish(failure(of: count, "receive from"))
        }
    }

    /// OpenSSL reads ahead, so epoll does not know what it holds: read until it holds nothing, at
    /// most `recordsMax` times a turn.
    private func readSecured(_ tls: TLSSession) {
        for _ in 0..<ByteStream.recordsMax {
            let count = unsafe tls.read(into: loop.readBuffer)
            if count > 0 {
                deliver(count)
                if phase == .closed || phase == .open && isReadingPaused { return }
            } else if count == 0 {
                return peerEnded()
            } else if count == Int(clinux_would_block()) {
                return
            } else {
                return finish(failure(of: count, "receive from"))
            }
        }
        loop.rereadingStreams.append(self)
    }

    private static let recordsMax = 16

    /// What is left inside OpenSSL after the turn's share.
    func readAgain() {
        if hasPeerEnded { return }
        if phase == .draining || phase == .open && !isReadingPaused { read() }
    }

    private func deliver(_ count: Int) {
        guard phase == .open else { return }
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: loop.readBuffer[..<count])
        unsafe delegate?.received(bytes.bytes, on: self)
    }

    private func failure(of code: Int, _ doing: String) -> SystemError {
        tls?.failure ?? .failed(doing: "\(doing) \(peer)", code: Int32(-code))
    }

    private func shutDownWriting() {
        if hasShutDown { return }
        hasShutDown = true
        tls?.sendCloseNotify()
        _ = clinux_shutdown_write(socket)
        if hasPeerEnded { finish(nil) }
    }
}

/// Closing.
extension ByteStream {
    /// The peer sends no more. What this turn appends is still sent; then the stream closes.
    private func peerEnded() {
        hasPeerEnded = true
        if phase == .draining {
            // An earlier end of ours has left; one still blocked goes on.
            return hasShutDown || !isBlocked ? finish(nil) : updateInterest()
        }
        phase = .ending
        updateInterest()
        settleLater()
    }

    /// Closes now and tells the delegate after this turn's sends.
    func finish(_ reason: SystemError?) {
        if phase == .closed { return }
        tearDown(reason)
        settleLater()
    }

    private func settleLater() {
        if isSettling { return }
        isSettling = true
        loop.settlingStreams.append(self)
    }

    private func tearDown(_ reason: SystemError?) {
        phase = .closed
        closeReason = reason
        attempt?.cancel(on: loop)
        attempt = nil
        if let drainTimer { loop.cancel(drainTimer) }
        if let idleTimer { loop.cancel(idleTimer) }
        isBlocked = false
        output.removeAll()
        output.release()
        tls = nil
        dropSocket()
    }

    func dropSocket() {
        if socket < 0 { return }
        leaveEpoll()
        clinux_close(socket)
        socket = -1
    }

    private func leaveEpoll() {
        if let token { loop.unwatch(token, socket) }
        token = nil
        interest = 0
    }
}

/// Interest.
extension ByteStream {
    func updateInterest() {
        guard socket >= 0 else { return }
        let wanted: UInt32 =
            switch phase {
            case .resolving, .closed: 0
            case .connecting: clinux_writable
            case .securing: tls?.wantsToWrite == true ? clinux_writable : clinux_readable
            case .ending: isBlocked ? clinux_writable : 0
            case .open, .draining:
                (isReadingPaused || hasPeerEnded ? 0 : clinux_readable)
                    | (isBlocked ? clinux_writable : 0)
            }
        if let token {
            if wanted == interest { return }
            loop.changeWatch(token, socket, wanted)
        } else if wanted != 0 {
            do {
                token = try loop.watch(socket, wanted, self)
            } catch {
                return finish(error)
            }
        }
        interest = wanted
    }
}
