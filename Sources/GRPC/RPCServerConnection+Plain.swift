internal import Base
internal import HTTP2

/// A request that is no call, as long as its body is still coming.
struct UnansweredRequest {
    /// Bytes of its body, which nobody wants.
    var bodyBytes = 0
    let respond: (RPCServerConnection) -> Void

    /// A longer body is answered before its end: its sender is to stop.
    static let bodyBytesMax = 65_536
}

/// Requests that are no calls.
extension RPCServerConnection {
    /// Answers a request when it is whole, so that a body or trailers that break the rules of HTTP
    /// are found first. At most one a stream is kept.
    func whenWhole(_ stream: HTTP2Stream, _ respond: @escaping (RPCServerConnection) -> Void) {
        if stream.hasReceivedEnd { return respond(self) }
        unanswered[stream.id] = UnansweredRequest(respond: respond)
    }

    func receivedUnwanted(_ count: Int, on stream: HTTP2Stream) {
        unanswered[stream.id]?.bodyBytes += count
        guard let request = unanswered[stream.id],
            request.bodyBytes > UnansweredRequest.bodyBytesMax
        else { return }
        becameWhole(stream)
    }

    func becameWhole(_ stream: HTTP2Stream) {
        unanswered.removeValue(forKey: stream.id)?.respond(self)
    }
}
