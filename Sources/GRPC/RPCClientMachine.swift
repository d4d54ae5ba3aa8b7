/// The client's side of one call: what may be sent, what is told to the handler, and how it ends.
///
///     waiting(request) ──opened──► open(request, response) ──► closed
///                                    │  request:  open → ended
///                                    │  response: awaited → streaming → complete
///     waiting, open ──cancel, deadline, a fault, the stream's end──► closed
///
/// A call waits while the server allows no further stream; what is sent meanwhile is held. The
/// handler hears of the end exactly once, and nothing after it.
package struct RPCClientMachine: ~Copyable {
    private enum Request { case open, ended }
    private enum Response { case awaited, streaming, complete }
    private enum State {
        case waiting(Request)
        case open(Request, Response)
        case closed
    }

    package enum OpenAction: Equatable, Sendable { case sendHeld(endsRequest: Bool), ignore }
    package enum SendAction: Equatable, Sendable { case hold, send, refuse }
    package enum EndAction: Equatable, Sendable { case holdEnd, sendEnd, ignore }
    package enum BlockAction: Equatable, Sendable {
        case deliverHeaders
        /// The status and trailing metadata: they count when the stream ends.
        case keepStatus
        /// A second block without a status: no gRPC response.
        case fail
        case ignore
    }
    package enum MessageAction: Equatable, Sendable {
        case deliver
        /// A message before the response's headers.
        case fail
        case discard
    }
    package enum StopAction: Equatable, Sendable {
        case finish
        /// RST_STREAM(CANCEL), then finish.
        case resetAndFinish
        case ignore
    }

    private var state = State.waiting(.open)

    package init() {}

    /// A stream was found for the call, and its headers are on their way.
    package mutating func opened() -> OpenAction {
        guard case .waiting(let request) = state else { return .ignore }
        state = .open(request, .awaited)
        return .sendHeld(endsRequest: request == .ended)
    }

    package func send() -> SendAction {
        switch state {
        case .waiting(.open): .hold
        case .open(.open, _): .send
        case .waiting(.ended), .open(.ended, _), .closed: .refuse
        }
    }

    package mutating func halfClose() -> EndAction {
        switch state {
        case .waiting(.open):
            state = .waiting(.ended)
            return .holdEnd
        case .open(.open, let response):
            state = .open(.ended, response)
            return .sendEnd
        case .waiting(.ended), .open(.ended, _), .closed: return .ignore
        }
    }

    /// A header block that is neither informational nor broken.
    package mutating func receivedBlock(hasStatus: Bool) -> BlockAction {
        switch state {
        case .open(let request, .awaited):
            state = .open(request, hasStatus ? .complete : .streaming)
            return hasStatus ? .keepStatus : .deliverHeaders
        case .open(let request, .streaming):
            guard hasStatus else { return .fail }
            state = .open(request, .complete)
            return .keepStatus
        // The library allows no frame behind trailers; after the end nothing counts.
        case .waiting, .open(_, .complete), .closed: return .ignore
        }
    }

    package func receivedMessage() -> MessageAction {
        switch state {
        case .open(_, .streaming): .deliver
        case .open(_, .awaited): .fail
        case .waiting, .open(_, .complete), .closed: .discard
        }
    }

    /// The response ended, the stream was reset, or the connection is gone.
    package mutating func streamEnded() -> StopAction {
        if case .closed = state { return .ignore }
        state = .closed
        return .finish
    }

    /// The caller gave up, the deadline passed, or the response is of no use.
    package mutating func stop() -> StopAction {
        switch state {
        case .waiting:
            state = .closed
            return .finish
        case .open:
            state = .closed
            return .resetAndFinish
        case .closed: return .ignore
        }
    }

    /// Not ended yet.
    package var isOpen: Bool {
        if case .closed = state { false } else { true }
    }

    /// No header block of the response has arrived.
    package var awaitsResponse: Bool {
        switch state {
        case .waiting, .open(_, .awaited): true
        case .open(_, .streaming), .open(_, .complete), .closed: false
        }
    }

    /// For logs.
    package var summary: String {
        switch state {
        case .waiting(let request): "waiting(request \(request))"
        case .open(let request, let response): "open(request \(request), response \(response))"
        case .closed: "closed"
        }
    }
}
