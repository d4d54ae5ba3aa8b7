/// What a client learns of its call, on the connection's loop.
package protocol RPCClientHandler: AnyObject {
    /// Initial metadata; left out when the response has no message.
    func receivedHeaders(_ metadata: Metadata, on call: RPCClientCall)
    /// A whole message; the span dies with the call.
    func receivedMessage(_ message: RawSpan, on call: RPCClientCall)
    /// A refused `trySend` would succeed now.
    func becameWritable(_ call: RPCClientCall)
    /// Exactly once, and the last.
    func finished(_ status: RPCStatus, trailers: Metadata, on call: RPCClientCall)
}

extension RPCClientHandler {
    package func receivedHeaders(_ metadata: Metadata, on call: RPCClientCall) {}
    package func becameWritable(_ call: RPCClientCall) {}
}
