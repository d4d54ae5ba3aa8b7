package import Base
internal import CLinux

/// A TCP connection, with or without TLS: bytes in through the delegate, bytes out through
/// `output`. Confined to its loop, which keeps it alive while it is open.
///
///     resolving → connecting → securing → open → draining → closed
///                  sniffing ──↗─────────↗  └→ ending ──────↗
///
/// Output is sent once a turn, at its end, however often it was appended to. What the kernel does
/// not take waits, the stream is blocked, and `becameWritable` tells when all of it left: bounding
/// what is appended meanwhile is the owner's part.
package final class ByteStream: EventHandler {
    enum Phase {
        case resolving, connecting
        /// Accepted; the first byte tells whether TLS comes.
        case sniffing
        case securing, open
        /// The peer ended; closes after this turn's send.
        case ending
        /// We end; closes when the peer does, or after `drainLimit`.
        case draining
        case closed
    }

    // What every send or read touches comes first and side by side, and without package access, so
    // that no check is needed at run time.
    package let loop: EventLoop
    package let output: OutputBuffer
    var tls: TLSSession?
    var lastSentAt: Instant
    var lastReceivedAt: Instant
    var socket: Int32 = -1
    var phase: Phase
    var hasBytesLeft = false
    /// The output is in the loop's ring.
    var isQueued = false
    var isWarm = false
    var isReadingPaused = false
    var isSettling = false
    var hasShutDown = false
    var hasPeerEnded = false
    package weak var delegate: (any ByteStreamDelegate)?
    /// Bytes taken in one turn at most, without TLS: what they lead to holds up all other streams.
    package var readBytesMax = Int.max

    /// The other side; while a name is being resolved, unspecified.
    package internal(set) var peer: SocketAddress
    /// The kernel did not take everything; `becameWritable` will come.
    package var isBlocked: Bool { hasBytesLeft }

    var closeReason: SystemError?
    var attempt: ConnectAttempt?
    /// What an accepted stream is secured with, until it is.
    var serverContext: TLSServerContext?
    var token: WatchToken?
    var interest: UInt32 = 0
    var drainTimer: TimerID?
    var idleTimer: TimerID?
    var idleLimit: Duration?

    /// How long a peer may take to end the connection after we did.
    static let drainLimit = Duration.seconds(5)

    init(on loop: EventLoop, peer: SocketAddress, phase: Phase) {
        self.loop = loop
        self.peer = peer
        self.phase = phase
        output = OutputBuffer(turn: loop.outputTurn)
        lastReceivedAt = loop.turnInstant
        lastSentAt = loop.turnInstant
        output.setFlusher(self)
    }

    /// A stream over a connected socket, as a listener accepts it.
    init(accepted socket: Int32, peer: SocketAddress, on loop: EventLoop) throws(SystemError) {
        self.loop = loop
        self.peer = peer
        self.phase = .open
        self.socket = socket
        output = OutputBuffer(turn: loop.outputTurn)
        lastReceivedAt = loop.turnInstant
        lastSentAt = loop.turnInstant
        interest = clinux_readable
        output.setFlusher(self)
        token = try loop.watch(socket, interest, self)
    }

    /// The output may live longer, on the turn's list.
    deinit { output.setFlusher(nil) }

    package var isClosed: Bool { phase == .closed }

    /// Time of the turn of the last send; before the first one, of the beginning.
    package var lastSent: Instant { lastSentAt }

    /// Likewise, of the last read.
    package var lastReceived: Instant { lastReceivedAt }

    // MARK: verbs

    /// Sends the output at the end of this turn, or as soon as the stream is open or unblocked.
    @inline(__always)
    package func flushAtEndOfTurn() {
        loop.preconditionInLoop()
        if !isBlocked { loop.outputTurn.list(output) }
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
        if phase == .open && !isBlocked && output.isEmpty { tls?.sendCloseNotify() }
        finish(nil)
    }

    /// Sends what is in the output, then ends our direction, and closes when the peer ends its own
    /// or after five seconds. What still arrives is ignored.
    package func closeAfterFlush() {
        loop.preconditionInLoop()
        switch phase {
        case .closed, .draining, .ending: return
        case .resolving, .connecting, .sniffing, .securing: finish(nil)
        case .open:
            isReadingPaused = false
            drain()
            flushAtEndOfTurn()
        }
    }

    func drain() {
        phase = .draining
        updateInterest()
        drainTimer = loop.schedule(after: ByteStream.drainLimit) { [weak self] in
            self?.finish(nil)
        }
    }

    /// Lets the kernel hold about this much that the peer has not taken yet, instead of megabytes:
    /// for a sender that must not run ahead of its reader.
    package func limitSendBuffer(to bytes: Int32) { clinux_limit_send_buffer(socket, bytes) }

    /// Closes the stream with `.timedOut` when nothing arrived for this long; nil: never.
    package func closeWhenIdle(for limit: Duration?) {
        loop.preconditionInLoop()
        if let timer = idleTimer { loop.cancel(timer) }
        idleTimer = nil
        idleLimit = limit
        lastReceivedAt = loop.turnInstant
        if let limit { scheduleIdleCheck(after: limit, limit) }
    }

    func scheduleIdleCheck(after delay: Duration, _ limit: Duration) {
        // Arrivals only note the time; the timer looks at it and, if need be, goes on waiting.
        idleTimer = loop.schedule(after: delay) { [weak self] in
            guard let self, self.phase != .closed else { return }
            let left = (self.lastReceivedAt + limit) - Clock.now()
            if left > .zero {
                self.scheduleIdleCheck(after: left, limit)
            } else {
                self.finish(.timedOut(doing: "receive from \(self.peer)", limit: limit))
            }
        }
    }
}
