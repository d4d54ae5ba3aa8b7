package import Base
package import Runtime

/// Something that the process keeps a connection to, such as a venue's feed: a channel for channelz
/// and a service for health. Confined to the server's loop.
package protocol ChannelzSource: AnyObject {
    /// Of the channel and of the health service, such as "venue:binance".
    var name: String { get }
    /// Where it connects to, as it was configured.
    var target: String { get }
    var state: ChannelState { get }
    /// Requests it made beside its stream.
    var calls: CallCounts { get }
    /// Connections that are open or being opened.
    var sockets: [ChannelSocket] { get }
    /// To be called at once when `state` has changed.
    var stateChanged: () -> Void { get set }
}

/// Calls since the start.
package struct CallCounts: Equatable, Sendable {
    package var started = 0
    /// Ended with OK.
    package var succeeded = 0
    package var failed = 0
    package var lastStarted: Instant?

    package init(started: Int = 0, succeeded: Int = 0, failed: Int = 0, last: Instant? = nil) {
        self.started = started
        self.succeeded = succeeded
        self.failed = failed
        lastStarted = last
    }
}

/// One connection of a channel.
package struct ChannelSocket: Sendable {
    /// Unlike that of any other connection that the channel ever made.
    package var serial: Int
    package var local: SocketAddress?
    package var remote: SocketAddress?
    package var messagesSent: Int
    package var messagesReceived: Int
    package var lastSent: Instant?
    package var lastReceived: Instant?

    package init(
        serial: Int, local: SocketAddress?, remote: SocketAddress?, messagesSent: Int,
        messagesReceived: Int, lastSent: Instant?, lastReceived: Instant?
    ) {
        self.serial = serial
        self.local = local
        self.remote = remote
        self.messagesSent = messagesSent
        self.messagesReceived = messagesReceived
        self.lastSent = lastSent
        self.lastReceived = lastReceived
    }
}
