internal import Base

/// What one connection did since it was opened, for operators.
///
/// The hot path counts only messages: one addition without a lock, in the output, beside the send
/// window that the same call has just changed; `messagesSent` is read from there.
package struct ConnectionCounters: Equatable, Sendable {
    /// By either side.
    package var streamsStarted = 0
    /// A server: those whose response was ended with END_STREAM.
    package var streamsEnded = 0
    /// Whole messages taken for sending, queued ones included.
    package var messagesSent = 0
    /// PINGs of this side, acknowledgements not among them.
    package var pingsSent = 0
}

extension HTTP2Connection {
    package var counted: ConnectionCounters {
        var counted = counters
        counted.messagesSent = output.messagesTaken
        return counted
    }

    /// Messages that went through `send`, or came in one call of `trySend` beside its first: only
    /// the owner knows how many bytes of DATA are one message.
    package func countMessages(_ count: Int) { output.messagesTaken &+= count }

    /// Streams that are over without an END_STREAM of this side. O(open streams).
    package var streamsFailed: Int {
        counters.streamsStarted - counters.streamsEnded
            - streams.count { !$0.flags.contains(.sentEnd) }
    }

    /// What the peer lets this side send on the whole connection, in bytes; may be negative.
    package var sendWindow: Int64 { Int64(window) }

    /// What this side lets the peer send on the whole connection, in bytes.
    package var receiveWindow: Int64 { control.receiveWindow }

    /// Streams that the peer lets this side open at once.
    package var peerStreamsMax: Int { control.openStreamsMax }
}
