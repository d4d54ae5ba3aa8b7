internal import Base
internal import HTTP2

/// One call as its client holds it. Confined to the connection's loop.
package final class RPCClientCall {
    package let path: String

    let stream: HTTP2Stream
    var deframer: MessageDeframer
    var handler: (any RPCClientHandler)?
    /// What the response said so far; the status counts when the stream ends.
    var status: RPCStatus?
    var trailers = Metadata()
    var hasHeaders = false
    private weak var client: RPCClientConnection?

    init(
        path: String, stream: HTTP2Stream, handler: any RPCClientHandler,
        client: RPCClientConnection, messageBytesMax: Int
    ) {
        self.path = path
        self.stream = stream
        self.handler = handler
        self.client = client
        deframer = MessageDeframer(messageBytesMax: messageBytesMax)
    }

    package var isOpen: Bool { handler != nil }

    /// Sends a message, or queues what the windows do not take. False: the queue is full or the
    /// call is over; nothing was taken.
    package func send(_ message: RawSpan) -> Bool {
        var framed: [UInt8] = []
        MessageDeframer.appendPrefix(size: message.byteCount, to: &framed)
        framed.append(message)
        return framed.withRawSpan { client?.send($0, on: self) ?? false }
    }

    /// No more messages will be sent.
    package func halfClose() { client?.halfClose(self) }

    /// Gives the call up; the handler gets CANCELLED.
    package func cancel() { client?.cancel(self) }
}
