package import Base

/// What is done about a peer that goes too far (`HTTP2Limits`).
extension HTTP2Connection {
    /// Looks at what only time brings: a header block that never ends.
    package func tick(now: Instant) {
        splitter.readEnded(now: now)
        enforce()
    }

    /// When `tick` has something to do.
    package var nextTick: Instant? { failure == nil ? splitter.judge?.nextTick : nil }

    /// Ends the connection with GOAWAY and ENHANCE_YOUR_CALM: `failure` is set, and the socket is
    /// to be closed once the output has left.
    package func calmDown(_ limit: HTTP2Limit) {
        guard failure == nil else { return }
        limitReached(limit)
        hasUndrained = true
        control.submitGoAway(.enhanceYourCalm, debugData: limit.debugData)
        drain()
        fail(.limitReached(limit))
    }

    /// Carries out what the judge has found.
    func enforce() {
        if let limit = splitter.judge?.reached { calmDown(limit) }
    }

    /// A request's stream within SETTINGS_MAX_CONCURRENT_STREAMS, and not after our last GOAWAY;
    /// others are refused, which tells the client that it may try again (RFC 9113 §5.1.2, §8.7).
    func admits(_ streamID: UInt32) -> Bool {
        if role == .client { return true }
        if lastWelcome == nil {
            if streams.count < Int(limits.concurrentStreamsMax) { return true }
            limitReached(.streams)
        }
        hasUndrained = true
        control.submitReset(streamID, .refusedStream, isSwallowed: false)
        forgive(streamID)
        return false
    }

    /// Resets streams whose queue has not moved since the last look, though the socket took
    /// everything: their own windows are closed, or the connection's is for all of them. Called
    /// every `OutputWatch.interval` or so.
    package func resetStalledStreams() {
        guard maySend, output.count <= limits.outputBytesMax else { return }
        for stream in waiting where stream.flags.contains(.queued) && stream.queuedBytes > 0 {
            if stream.flags.contains(.stalled) {
                limitReached(.stalledStream)
                reset(stream, .enhanceYourCalm)
            } else {
                stream.flags.insert(.stalled)
            }
        }
    }

    /// Bytes held for the peer: what waits to be sent, and the header list being received.
    package var heldBytes: Int { output.count + queuedBytes + control.fieldBytes }
}
