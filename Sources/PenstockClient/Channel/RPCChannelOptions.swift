package import GRPC
package import HTTP2

/// How a channel connects, and what its connections may cost.
package struct RPCChannelOptions: Sendable {
    /// For name, connection and TLS handshake together: a local server answers at once, one across
    /// an ocean well within this.
    package var connectLimit = Duration.seconds(5)
    package var http2 = HTTP2Limits.client
    package var calls = RPCClientLimits()
    /// Varies the waiting times of the backoff.
    package var seed: UInt64 = 0

    package init() {}
}
