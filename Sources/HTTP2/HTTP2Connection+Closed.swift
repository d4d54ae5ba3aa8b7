internal import Base

/// Frames on streams that are over (RFC 9113 §5.1, "closed"). The library would have to keep a
/// closed stream to know it, so it is decided here.
extension HTTP2Connection {
    /// Before the library sees HEADERS or DATA of a stream that was opened earlier. Who has ended a
    /// stream and goes on sending is mistaken about what the two of us have agreed on; the
    /// connection ends.
    func receivesOn(_ streamID: UInt32) {
        if let stream = stream(streamID) {
            // Of all others the library knows whether the request has ended.
            guard stream.flags.contains(.detached) else { return }
        } else if streamID > openedMax || forgiven.contains(streamID) {
            // The first: it came after GOAWAY and is ignored, or is the library's to refuse.
            return
        }
        hasUndrained = true
        control.terminate(.streamClosed)
    }

    /// We have ended the stream, and the peer may not know it yet.
    func forgive(_ streamID: UInt32) {
        guard role == .server else { return }
        if forgiven.count >= Self.forgivenMax { forgiven.removeFirst(Self.forgivenMax / 2) }
        forgiven.append(streamID)
    }

    static let forgivenMax = 1000
}
