package import Base

/// The code of one call. Everything is called on the connection's loop, one call after another;
/// handlers may send, finish and cancel from inside.
package protocol RPCHandler: AnyObject {
    /// A whole message of the client; the span dies with the call.
    func receivedMessage(_ message: RawSpan, on call: RPCCall)
    /// The client will send no more messages.
    func receivedEnd(on call: RPCCall)
    /// The client left, the connection broke, the deadline passed or the server ended the call:
    /// nothing can be sent any more.
    /// At most once, and not after `finish`.
    func cancelled(_ call: RPCCall)
    /// A refused `trySend` would succeed now.
    func becameWritable(_ call: RPCCall)
    /// The connection drains: what is not finished by `deadline` ends with UNAVAILABLE. A call
    /// that never ends by itself tells its client, or finishes at once.
    func draining(_ call: RPCCall, deadline: Instant)
}

extension RPCHandler {
    package func becameWritable(_ call: RPCCall) {}
    package func draining(_ call: RPCCall, deadline: Instant) {}
}
