/// What calls may cost on one connection, beside the limits of HTTP/2 itself.
package struct RPCLimits: Sendable {
    /// The largest message we accept; gRPC's customary 4 MiB.
    package var messageBytesMax = 4 << 20

    /// Bytes of unfinished messages held for all calls of one connection: four of the largest.
    package var partialBytesMax = 16 << 20

    /// After this time the last GOAWAY is sent even if the peer has not answered our PING.
    package var drainPingTimeout = Duration.seconds(5)

    package init() {}
}
