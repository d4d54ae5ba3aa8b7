package import Base
package import Runtime

/// One connection of a feed, for operators.
package struct FeedSocketReport: Sendable {
    /// Counts up with every connection that the feed ever made.
    package let serial: Int
    package let local: SocketAddress?
    package let remote: SocketAddress
    package let messagesSent: Int
    package let messagesReceived: Int
    package let lastSent: Instant?
    package let lastReceived: Instant?
}
