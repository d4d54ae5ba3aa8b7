package import Base
internal import HTTP2

/// One call as its handler sees it. Confined to the connection's loop; after the end of the call
/// every method does nothing, so a handler may keep it as long as it likes.
package final class RPCCall {
    /// "/package.Service/Method".
    package let path: String
    package let metadata: Metadata
    package let subtype: RPCSubtype
    /// The authority the client asked for.
    package let authority: String
    package let peer: RPCPeer
    /// How the client said that its messages may be compressed.
    package let requestEncoding: RPCEncoding
    /// The client understands compressed answers.
    package let acceptsGzip: Bool
    /// The message that the handler is being given came compressed.
    package internal(set) var isMessageCompressed = false
    /// What the response headers announce; set before the first send, to what the client accepts.
    package var responseEncoding = RPCEncoding.identity
    /// Fixed when the call arrived; afterwards the call ends with DEADLINE_EXCEEDED.
    package let deadline: Instant?
    /// Sent with the response headers, or with the status if that comes first.
    package var initialMetadata = Metadata()
    /// Sent with the status.
    package var trailingMetadata = Metadata()
    /// Who the caller is, set by the interceptor that found out.
    package var identity: AnyObject?

    /// When it arrived.
    package let started: Instant
    let stream: HTTP2Stream
    let contentType: RPCContentType
    var machine = RPCStreamMachine()
    var deframer: MessageDeframer
    /// When the unfinished message began.
    var partialSince: Instant?
    /// Bytes of whole messages that the handler keeps until the client has said everything.
    var keptBytes = 0
    var handler: (any RPCHandler)?
    /// How many interceptors, outermost first, have admitted the call and not seen it end.
    var admissions: UInt8 = 0
    private(set) weak var server: RPCServerConnection?

    init(
        _ head: RPCHead, stream: HTTP2Stream, server: RPCServerConnection, deadline: Instant?,
        messageBytesMax: Int
    ) {
        path = head.path
        metadata = head.metadata
        contentType = head.contentType
        subtype = head.contentType.subtype
        authority = head.authority
        requestEncoding = head.encoding
        acceptsGzip = head.acceptsGzip
        peer = server.peer
        self.deadline = deadline
        started = server.now
        self.stream = stream
        self.server = server
        deframer = MessageDeframer(messageBytesMax: messageBytesMax)
    }

    /// The short way for `trySend(framed:)`, open once the response headers were sent: whoever uses
    /// it falls back on that when the lane refuses.
    package var lane: FrameLane { stream }

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

    /// Hot path: whole messages that carry their prefixes, all or nothing. False: not sent, and
    /// `becameWritable` follows when it would be (see `HTTP2Stream.trySend` for large messages).
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
