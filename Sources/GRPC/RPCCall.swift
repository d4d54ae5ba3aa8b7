package import Base
internal import HTTP2

/// One call as its handler sees it. Confined to the connection's loop; after the end of the call
/// every method does nothing, so a handler may keep it as long as it likes.
package final class RPCCall {
    /// The message that the handler is being given came compressed.
    package internal(set) var isMessageCompressed = false
    /// What the response headers announce; set before the first send, to what the client accepts.
    package var responseEncoding = RPCEncoding.identity
    /// How many interceptors, outermost first, have admitted the call and not seen it end.
    var admissions: UInt8 = 0
    var machine = RPCStreamMachine()
    /// When it arrived.
    package let started: Instant
    /// Who the caller is, set by the interceptor that found out.
    package var identity: AnyObject?
    /// What the handler keeps for this call, if it serves several.
    package var context: AnyObject?
    let head: RPCHead
    let stream: HTTP2Stream
    var handler: (any RPCHandler)?
    private(set) weak var server: RPCServerConnection?
    /// What the client has not said completely. Nil most of the time.
    var partial: PartialMessage?
    private var extras: RPCExtras?

    init(
        _ head: RPCHead, stream: HTTP2Stream, server: RPCServerConnection, deadline: Instant?
    ) {
        self.head = head
        started = server.now
        self.stream = stream
        self.server = server
        if let deadline { extras = RPCExtras(deadline: deadline) }
    }

    /// The short way for `trySend(framed:)`, open once the response headers were sent: whoever uses
    /// it falls back on that when the lane refuses.
    package var lane: FrameLane? { stream }

    /// Neither finished nor cancelled.
    package var isOpen: Bool { machine.isOpen }

    /// Nothing is queued on this stream and its windows are open.
    package var isWritable: Bool {
        machine.isOpen && (!stream.hasSentHeaders || stream.isWritable)
    }

    /// Control path: adds the five-byte prefix and sends; what the windows do not take is queued.
    /// A queue beyond its bound ends the call with RESOURCE_EXHAUSTED (RST_STREAM
    /// ENHANCE_YOUR_CALM, since trailers could not overtake the queue).
    package func send(_ message: RawSpan, compressed: Bool = false) {
        framed(message, compressed: compressed).withRawSpan { send(framed: $0) }
    }

    /// The message with its prefix, for `send(framed:)` and `trySend(framed:)`; compressed only if
    /// `responseEncoding` allows it.
    package func framed(_ message: RawSpan, compressed: Bool) -> [UInt8] {
        var framed: [UInt8] = []
        if compressed, responseEncoding == .gzip, let gzip = server?.router.gzip {
            let small = gzip.compress(message)
            MessageDeframer.appendPrefix(size: small.count, isCompressed: true, to: &framed)
            framed += small
        } else {
            framed.reserveCapacity(message.byteCount + MessageDeframer.prefixSize)
            MessageDeframer.appendPrefix(size: message.byteCount, to: &framed)
            framed.append(message)
        }
        return framed
    }

    /// The handler keeps so many bytes of messages and waits for more: they count like those of an
    /// unfinished message, against the same limits of size and time. 0: it keeps none any more.
    package func keep(bytes: Int) { server?.keep(bytes, for: self) }

    /// Like `send`, for bytes that already carry their prefixes.
    package func send(framed: RawSpan) { server?.send(framed, on: self) }

    /// For what the lane has refused: whole messages that carry their prefixes, all or
    /// nothing. False: not sent, and `becameWritable` follows when it would be (see
    /// `HTTP2Stream.trySend` for large messages).
    package func trySend(framed: RawSpan) -> Bool {
        if !stream.hasSentHeaders { sendHeaders() }
        return stream.trySend(framed)
    }

    /// A `trySend` that was taken held so many messages more than one.
    package func countFurther(_ messages: Int) { server?.countFurther(messages) }

    /// Like `trySend(framed:)`, and counts every message; for catching up, not for the hot path.
    package func trySend(several framed: RawSpan) -> Bool {
        guard trySend(framed: framed) else { return false }
        server?.countFurther(MessageDeframer.count(in: framed) - 1)
        return true
    }

    /// Sends the response headers now, before the first message.
    package func sendHeaders() { server?.sendHeaders(on: self) }

    /// Ends the call over its handler's head: the handler is told that it was cancelled.
    package func cancel(_ status: RPCStatus) { server?.cancel(self, status) }

    /// Ends the call after everything queued. The first one counts.
    package func finish(_ status: RPCStatus) { server?.finish(self, status) }
}

/// What the client asked for.
extension RPCCall {
    /// "/package.Service/Method".
    package var path: String { head.path }
    package var metadata: Metadata { head.metadata }
    package var subtype: RPCSubtype { head.contentType.subtype }
    /// The authority the client asked for.
    package var authority: String { head.authority }
    /// How the client said that its messages may be compressed.
    package var requestEncoding: RPCEncoding { head.encoding }
    /// The client understands compressed answers.
    package var acceptsGzip: Bool { head.acceptsGzip }
    /// Nobody once the connection has gone.
    package var peer: RPCPeer { server?.peer ?? RPCPeer(address: "") }
    /// Fixed when the call arrived; afterwards the call ends with DEADLINE_EXCEEDED.
    package var deadline: Instant? { extras?.deadline }
}

/// What is sent beside the messages.
extension RPCCall {
    /// Sent with the response headers, or with the status if that comes first.
    package var initialMetadata: Metadata {
        get { extras?.initialMetadata ?? Metadata() }
        set { withExtras { $0.initialMetadata = newValue } }
    }

    /// Sent with the status.
    package var trailingMetadata: Metadata {
        get { extras?.trailingMetadata ?? Metadata() }
        set { withExtras { $0.trailingMetadata = newValue } }
    }

    private func withExtras(_ change: (RPCExtras) -> Void) {
        let extras = extras ?? RPCExtras(deadline: nil)
        change(extras)
        self.extras = extras
    }
}

/// What few calls have.
private final class RPCExtras {
    let deadline: Instant?
    var initialMetadata = Metadata()
    var trailingMetadata = Metadata()

    init(deadline: Instant?) { self.deadline = deadline }
}
