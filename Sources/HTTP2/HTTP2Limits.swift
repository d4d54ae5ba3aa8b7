/// What one connection may cost us. Every number is a bound that a hostile peer can reach.
package struct HTTP2Limits: Sendable {
    /// Streams the peer may have open at once (SETTINGS_MAX_CONCURRENT_STREAMS). A market-data
    /// client has a handful; 1,000 lets a load test multiplex.
    package var concurrentStreamsMax: UInt32 = 1000

    /// Bytes of one header list, counted as in RFC 9113 §6.5.2; more is answered with 431. Twice
    /// the 8 KiB of metadata that gRPC libraries accept by default.
    package var headerListBytesMax = 16_384

    /// Bytes of one header block, compressed, and of the list it expands to: who sends four times
    /// the list that SETTINGS announced is not to be answered but to be rid of.
    package var headerBlockBytesMax = 65_536

    /// How long a header block may take to arrive: it is one packet as a rule.
    package var headerTimeMax = Duration.seconds(10)

    /// Frames that cost more to handle than to send.
    package var frames = FrameRates()

    /// Clients may PING every 10 s (grpc proposal A8); the tenth less is for timers and networks
    /// that are not exact.
    package var pingIntervalMin = Duration.seconds(9)

    /// PINGs that may come sooner before the connection ends: what grpc's own servers allow.
    package var pingStrikesMax = 2

    /// Bytes waiting in the output before hot-path sends are refused and queues stop draining.
    package var outputBytesMax = 262_144

    /// Bytes queued behind a closed window for one stream: two of the largest messages.
    package var queuedBytesPerStreamMax = 8 << 20

    /// Bytes queued behind closed windows for the whole connection.
    package var queuedBytesMax = 32 << 20

    /// Bytes that `trySend` may leave in the connection's queues: a helping of 64 KiB for each of
    /// 64 streams. Whoever is refused can make his bytes anew once the windows open.
    package var queuedByTrySendMax = 4 << 20

    /// Our receive window per stream. The protocol's default suits a server of small requests.
    package var streamReceiveWindow: Int32 = 65_535

    /// Our receive window for the connection; never below the protocol's 65,535.
    package var connectionReceiveWindow: Int32 = 1 << 20

    /// CONTINUATION frames in one header block (CVE-2024-28182). 16 KiB fit into one frame.
    package var continuationsMax = 8

    /// PING and SETTINGS acknowledgements waiting for a peer that does not read
    /// (CVE-2019-9512, CVE-2019-9515).
    package var acknowledgementsMax = 1000

    /// Entries of one SETTINGS frame.
    package var settingsMax = 32

    package init() {}

    /// What suits a client: room to receive a burst of updates between two window updates.
    package static var client: HTTP2Limits {
        var limits = HTTP2Limits()
        limits.streamReceiveWindow = 1 << 20
        limits.connectionReceiveWindow = 4 << 20
        return limits
    }
}
