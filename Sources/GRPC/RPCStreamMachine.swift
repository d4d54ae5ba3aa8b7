/// The server's side of one call: what may be sent and what must be told to the handler.
///
///     idle ──receivedHeaders──► open(request, response) ──finish / deadline──► finished ─► closed
///                                 │  request:  open → ended                        ▲
///                                 │  response: none → streaming                    │
///                                 └──peerClosed (RST_STREAM, connection lost)──────┘
///
/// The handler is told of a cancellation at most once, and never after the call was finished.
package struct RPCStreamMachine: ~Copyable {
    private enum Request { case open, ended }
    private enum Response { case none, streaming }
    private enum State {
        case idle
        case open(Request, Response)
        case finished
        case closed
    }

    package enum HeadersAction: Equatable, Sendable { case start, ignore }
    package enum MessageAction: Equatable, Sendable { case deliver, discard }
    package enum EndAction: Equatable, Sendable { case deliverEnd, ignore }
    package enum SendAction: Equatable, Sendable {
        case sendHeadersThenMessage, sendMessage, discard
    }
    package enum FinishAction: Equatable, Sendable {
        /// The one header block is the whole response.
        case sendTrailersOnly
        case sendHeadersThenTrailers
        case sendTrailers
        case ignore
    }
    package enum DeadlineAction: Equatable, Sendable {
        case cancelAndSendTrailersOnly
        case cancelAndSendTrailers
        case ignore
    }
    package enum ClosedAction: Equatable, Sendable { case cancelHandler, ignore }

    private var state = State.idle

    package init() {}

    /// Request headers arrived; a second block can only be trailers, which gRPC requests lack.
    package mutating func receivedHeaders() -> HeadersAction {
        guard case .idle = state else { return .ignore }
        state = .open(.open, .none)
        return .start
    }

    package mutating func receivedMessage() -> MessageAction {
        switch state {
        case .open(.open, _): .deliver
        // A finished call ignores what was on its way (PROTOCOL-HTTP2.md, "Errors").
        case .idle, .open(.ended, _), .finished, .closed: .discard
        }
    }

    package mutating func receivedEnd() -> EndAction {
        guard case .open(.open, let response) = state else { return .ignore }
        state = .open(.ended, response)
        return .deliverEnd
    }

    package mutating func sendMessage() -> SendAction {
        switch state {
        case .open(let request, .none):
            state = .open(request, .streaming)
            return .sendHeadersThenMessage
        case .open(_, .streaming): return .sendMessage
        case .idle, .finished, .closed: return .discard
        }
    }

    /// `succeeded`: with status OK, which is preceded by headers even without a message.
    package mutating func finish(succeeded: Bool) -> FinishAction {
        switch state {
        case .open(_, let response):
            state = .finished
            if response == .streaming { return .sendTrailers }
            return succeeded ? .sendHeadersThenTrailers : .sendTrailersOnly
        case .idle, .finished, .closed: return .ignore
        }
    }

    package mutating func deadlinePassed() -> DeadlineAction {
        switch state {
        case .open(_, let response):
            state = .finished
            return response == .streaming ? .cancelAndSendTrailers : .cancelAndSendTrailersOnly
        case .idle, .finished, .closed: return .ignore
        }
    }

    /// RST_STREAM, a lost connection, or the orderly end of the stream.
    package mutating func peerClosed() -> ClosedAction {
        switch state {
        case .open:
            state = .closed
            return .cancelHandler
        case .idle, .finished, .closed:
            state = .closed
            return .ignore
        }
    }

    /// Neither finished nor closed.
    package var isOpen: Bool {
        if case .open = state { true } else { false }
    }

    /// For logs.
    package var summary: String {
        switch state {
        case .idle: "idle"
        case .open(let request, let response): "open(request \(request), response \(response))"
        case .finished: "finished"
        case .closed: "closed"
        }
    }
}
