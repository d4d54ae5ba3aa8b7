package import Base

/// A handler for methods with one request message (unary and server-streaming): checks that there
/// is exactly one, and serves it when the client has said everything.
package final class SingleRequestHandler: RPCHandler {
    private let serve: (RPCCall, RawSpan) -> Void
    private let onCancelled: (RPCCall) -> Void
    private let onWritable: (RPCCall) -> Void
    private let onDraining: (RPCCall) -> Void
    private var request: [UInt8]?

    /// `serve` gets the request once, and finishes the call then or later.
    package init(
        onCancelled: @escaping (RPCCall) -> Void = { _ in },
        onWritable: @escaping (RPCCall) -> Void = { _ in },
        onDraining: @escaping (RPCCall) -> Void = { _ in },
        serve: @escaping (RPCCall, RawSpan) -> Void
    ) {
        self.serve = serve
        self.onCancelled = onCancelled
        self.onWritable = onWritable
        self.onDraining = onDraining
    }

    package func receivedMessage(_ message: RawSpan, on call: RPCCall) {
        guard request == nil else {
            return call.finish(RPCStatus(.invalidArgument, "the method takes one message"))
        }
        request = message.copyBytes()
        // Until the client has said everything, this is an unfinished request.
        call.keep(bytes: message.byteCount)
    }

    package func receivedEnd(on call: RPCCall) {
        guard let message = request else {
            return call.finish(RPCStatus(.invalidArgument, "the request message is missing"))
        }
        // Long streams keep no copy of their request.
        request = []
        call.keep(bytes: 0)
        message.withRawSpan { serve(call, $0) }
    }

    package func cancelled(_ call: RPCCall) { onCancelled(call) }

    package func becameWritable(_ call: RPCCall) { onWritable(call) }

    package func draining(_ call: RPCCall, deadline: Instant) { onDraining(call) }
}
