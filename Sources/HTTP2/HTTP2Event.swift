/// What a connection has to tell its owner, drained after a call returned.
package enum HTTP2Event {
    /// A header block: a request, a response or trailers. Fields beyond the limit are left out,
    /// and then `isTooLarge` is set.
    case headers(HTTP2Stream, [HTTP2Field], isTooLarge: Bool)
    /// Bytes of the peer's body: a range of the batch's `data`.
    case data(HTTP2Stream, Range<Int>)
    /// The peer will send nothing more on this stream.
    case ended(HTTP2Stream)
    /// The stream is gone; nothing can be sent on it any more.
    case closed(HTTP2Stream, HTTP2ErrorCode)
    /// A stream on which `trySend` failed can take data again.
    case writable(HTTP2Stream)
    /// The peer accepts no further streams; those above `lastStreamID` were not processed.
    case goAway(lastStreamID: UInt32, HTTP2ErrorCode)
    /// A PING of ours came back.
    case pong(UInt64)
    /// The connection has to be closed without further words.
    case failed(HTTP2Error)
}

/// Events in order, with the body bytes they refer to.
package struct HTTP2EventBatch {
    package var events: [HTTP2Event] = []
    package var data: [UInt8] = []

    package init() {}
}

extension HTTP2EventBatch {
    /// The body bytes of a `.data` event.
    package func withBytes<Result>(_ range: Range<Int>, _ body: (RawSpan) -> Result) -> Result {
        unsafe body(data.span.bytes.extracting(range))
    }
}
