package import Base
internal import HTTP2

/// One call as its client holds it. Confined to the connection's loop. After its end every method
/// does nothing, so a handler may keep it as long as it likes.
package final class RPCClientCall {
    package let path: String
    /// At this instant the call ends with DEADLINE_EXCEEDED, whatever the server does.
    package let deadline: Instant?
    /// Whether the server may have begun to work on it. False after the end: it certainly has not,
    /// and doing the same again is safe, whatever it is.
    package internal(set) var mayBeProcessed = false

    var machine = RPCClientMachine()
    /// Nil while the call waits for one.
    var stream: HTTP2Stream?
    /// The request's header fields, and framed messages, until there is a stream.
    var heldFields: [HTTP2Field]
    var heldBytes: [UInt8] = []
    /// A `trySend` was refused before there was a stream.
    var isWritableAwaited = false
    var deframer: MessageDeframer
    /// How the response said that its messages may be compressed.
    var responseEncoding = RPCEncoding.identity
    /// The message that the handler is being given came compressed.
    package internal(set) var isMessageCompressed = false
    var handler: (any RPCClientHandler)?
    /// What the response said so far; the status counts when the stream ends.
    var status: RPCStatus?
    var trailers = Metadata()
    private weak var client: RPCClientConnection?

    init(
        path: String, fields: [HTTP2Field], deadline: Instant?, handler: any RPCClientHandler,
        client: RPCClientConnection, messageBytesMax: Int
    ) {
        self.path = path
        self.deadline = deadline
        self.handler = handler
        self.client = client
        heldFields = fields
        deframer = MessageDeframer(messageBytesMax: messageBytesMax)
    }

    package var isOpen: Bool { machine.isOpen }

    /// Sends a message, or queues what the windows do not take. False: the queue is full, or the
    /// request or the call is over; nothing was taken.
    package func send(_ message: RawSpan) -> Bool {
        framed(message).withRawSpan { client?.send($0, on: self) ?? false }
    }

    /// Sends a message if the windows take it now. False: nothing was taken, and the handler's
    /// `becameWritable` follows when it would be. For requests that must not run ahead of their
    /// server.
    package func trySend(_ message: RawSpan) -> Bool {
        framed(message).withRawSpan { client?.trySend($0, on: self) ?? false }
    }

    private func framed(_ message: RawSpan) -> [UInt8] {
        var framed: [UInt8] = []
        framed.reserveCapacity(message.byteCount + MessageDeframer.prefixSize)
        MessageDeframer.appendPrefix(size: message.byteCount, to: &framed)
        framed.append(message)
        return framed
    }

    /// No more messages will be sent.
    package func halfClose() { client?.halfClose(self) }

    /// Gives the call up; the handler gets CANCELLED, the server RST_STREAM(CANCEL).
    package func cancel() {
        client?.stop(self, RPCStatus(.cancelled, "cancelled by the caller"))
    }
}
