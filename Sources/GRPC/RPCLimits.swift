/// What calls may cost on one connection, beside the limits of HTTP/2 itself.
package struct RPCLimits: Sendable {
    /// The largest message we accept; gRPC's customary 4 MiB.
    package var messageBytesMax = 4 << 20

    /// Bytes of unfinished messages held for all calls of one connection: four of the largest.
    package var partialBytesMax = 16 << 20

    /// Bytes of one request's metadata, counted as in RFC 9113 §6.5.2; gRPC's customary 8 KiB, room
    /// for two tokens. More is RESOURCE_EXHAUSTED, and beyond the whole header list it is 431.
    package var metadataBytesMax = 8192

    /// How long one message may take to arrive: 4 MiB at 70 kB/s.
    package var messageTimeMax = Duration.seconds(60)

    /// After this much silence of the peer we PING: often enough that routers keep the connection,
    /// and that a vanished client is gone within a minute.
    package var keepaliveInterval = Duration.seconds(30)

    /// How long after that PING the first byte may take; gRPC's customary 20 s.
    package var keepaliveTimeout = Duration.seconds(20)

    /// How long waiting output may make no progress at all: twice the keepalive interval, so that a
    /// client that was stopped for a moment survives.
    package var outputStallMax = Duration.seconds(60)

    /// The age at which a connection drains; nil: never. Off, because a subscriber gains nothing by
    /// leaving; of use behind a balancer that is to spread connections anew.
    package var connectionAgeMax: Duration?

    /// How long calls may go on after that.
    package var connectionAgeGrace = Duration.seconds(30)

    /// How long a connection may be without calls. A gRPC client opens another when it needs one.
    package var connectionIdleMax: Duration? = .seconds(15 * 60)

    /// After this time the last GOAWAY is sent even if the peer has not answered our PING.
    package var drainPingTimeout = Duration.seconds(5)

    package init() {}
}
