internal import Base

/// Streams that the library need not know any more.
///
/// A subscription lives for hours after its request has ended and its response headers have left.
/// All that can happen to it then is known here: DATA and windows are ours anyway, the peer may
/// reset it, and trailers or RST_STREAM end it. So the library is told that it is over, which frees
/// what it holds of a stream (some 270 bytes), and those two frames are written here.
///
/// The library listens to nobody once a GOAWAY went or came and it knows no stream. So a server
/// keeps both from it: the splitter takes the peer's out, and our own, without an error, is written
/// here.
extension HTTP2Connection {
    /// The response of a request that has ended goes on: once everything has left the library, it
    /// may forget the stream. Only then, so a call that is answered at once never comes here.
    func mayDetach(_ stream: HTTP2Stream) {
        guard role == .server, stream.isOpen, stream.hasSentHeaders, stream.hasReceivedEnd else {
            return
        }
        // Some may have ended while nothing could be drained.
        if detachable.count > 16 + 2 * streams.count { detachable.removeAll { !$0.isOpen } }
        detachable.append(stream)
    }

    /// The library has been drained.
    func detachSettled() {
        guard !detachable.isEmpty, maySend, !hasUndrained else { return }
        for stream in detachable where stream.isOpen && !stream.flags.contains(.detached) {
            submitReset(stream, .noError, isSwallowed: true)
            stream.flags.insert(.detached)
            detachedCount += 1
        }
        detachable = []
        drain()
    }

    /// Ends a detached stream as the library would: when it is drained, and once.
    func resetDetached(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode?) {
        hasUndrained = true
        detachedEnds.append((stream.id, code))
    }

    /// What the stream had to send has been framed.
    func appendTrailers(_ fields: [HTTP2Field], of stream: HTTP2Stream) {
        let wasEmpty = output.isEmpty
        LiteralHeaderBlock(fields, tableSizes: control.tableSizesToTell())
            .appendFrames(on: stream.id, to: output)
        if wasEmpty { output.becameFilled() }
        resetDetached(stream, nil)
    }

    /// RST_STREAM is 4 bytes of code (RFC 9113 §6.4), GOAWAY the last stream and a code (§6.8).
    func drainDetached() {
        if owesGoodbye, let lastWelcome {
            owesGoodbye = false
            output.appendFrameHead(size: 8, type: 7, flags: 0, streamID: 0)
            output.appendNumber(lastWelcome)
            output.appendNumber(HTTP2ErrorCode.noError.rawValue)
        }
        guard !detachedEnds.isEmpty else { return }
        let ends = detachedEnds
        detachedEnds = []
        for (streamID, code) in ends where stream(streamID) != nil {
            if let code {
                output.appendFrameHead(size: 4, type: 3, flags: 0, streamID: streamID)
                output.appendNumber(code.rawValue)
                if code != .noError { splitter.judge?.provokedReset() }
            }
            remove(streamID, code ?? .noError)
        }
    }
}
