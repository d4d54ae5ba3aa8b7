/// What a client's connection may cost, beside the limits of HTTP/2 itself.
package struct RPCClientLimits: Sendable {
    /// The largest message we accept, unpacked; gRPC's customary 4 MiB.
    package var messageBytesMax = 4 << 20

    /// Bytes of unfinished messages held for all calls of the connection: four of the largest.
    package var partialBytesMax = 16 << 20

    /// Calls that wait because the server allows no further stream: as many as it customarily
    /// allows at once.
    package var waitingCallsMax = 100

    /// Bytes of messages that one waiting call holds: one of the largest.
    package var heldBytesPerCallMax = 4 << 20

    /// While calls are open, a PING this often; servers tolerate one every ten seconds.
    package var keepaliveInterval = Duration.seconds(30)

    /// The connection is dead if nothing arrives for this long after a PING.
    package var keepaliveTimeout = Duration.seconds(20)

    package init() {}
}
