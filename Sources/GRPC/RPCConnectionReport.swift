package import Base
internal import HTTP2

/// What one connection of a server did and how it stands, for operators.
package struct RPCConnectionReport: Equatable, Sendable {
    package var streamsStarted = 0
    /// The server ended them with END_STREAM.
    package var streamsSucceeded = 0
    /// Over without it.
    package var streamsFailed = 0
    package var messagesSent = 0
    package var messagesReceived = 0
    /// PINGs of the server.
    package var pingsSent = 0
    package var lastStreamAt: Instant?
    package var lastMessageReceivedAt: Instant?
    /// What the peer lets the server send, in bytes.
    package var sendWindow: Int64 = 0
    /// What the server lets the peer send, in bytes.
    package var receiveWindow: Int64 = 0
    /// Streams that the peer lets the server open: what its SETTINGS say.
    package var peerStreamsMax = 0
}

extension RPCServerConnection {
    /// O(open streams).
    package var report: RPCConnectionReport {
        let counted = http2.counted
        return RPCConnectionReport(
            streamsStarted: counted.streamsStarted, streamsSucceeded: counted.streamsEnded,
            streamsFailed: http2.streamsFailed, messagesSent: counted.messagesSent,
            messagesReceived: arrivals.messages, pingsSent: counted.pingsSent,
            lastStreamAt: arrivals.lastStreamAt, lastMessageReceivedAt: arrivals.lastMessageAt,
            sendWindow: http2.sendWindow, receiveWindow: http2.receiveWindow,
            peerStreamsMax: http2.peerStreamsMax)
    }

    /// Whole messages taken for sending. O(1).
    package var messagesSent: Int { http2.counted.messagesSent }
}
