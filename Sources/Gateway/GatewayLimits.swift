package import Core

/// What clients may ask of the gateway, and how far.
package struct GatewayLimits: Sendable {
    /// Open client connections. Default 20,000: twice the largest front-end fleet we plan for, at
    /// 16 KB each. One more is closed at once and counted.
    package var connectionsMax = 20_000

    /// Open connections of one address. Default 10,000: half of all, so that no single address can
    /// keep the others out, and a balancer in front still gets a fleet through.
    package var connectionsPerAddressMax = 10_000

    /// Bytes that one connection may make us hold (`MemoryLedger`). Default 32 MiB: the output, a
    /// full queue of one stream, and four unfinished messages of the largest size fit. More ends
    /// the connection with ENHANCE_YOUR_CALM.
    package var connectionBytesMax = 32 << 20

    /// Bytes that all connections of one authenticated caller may make us hold, on all loops.
    /// Default 128 MiB: four connections of the largest kind, and a quarter of what all may hold,
    /// so that no single caller can have the others' connections ended.
    package var identityBytesMax = 128 << 20

    /// Bytes that all connections may make us hold. Default 512 MiB: with 20,000 connections of
    /// 16 KB, the process stays below 1 GiB. `Memory.md` has the order of shedding.
    package var memoryBytesMax = 512 << 20

    /// Topics one Subscribe or GetSnapshot call may name. Default 4,096: a whole venue of
    /// instruments with two topics each. More is RESOURCE_EXHAUSTED.
    package var topicsPerCallMax = 4096

    /// What one `Session` may do.
    package var session = SessionLimits()

    /// What one page of `GetHistory` may hold.
    package var history = HistoryLimits()

    /// How long a connection may take from its beginning to the end of HTTP/2's preface or the
    /// first byte of HTTP/1.1, TLS handshake included. Default 10 s: some round trips of the
    /// slowest links. Handshakes under way are connections and bounded with them.
    package var handshakeTimeout: Duration = .seconds(10)

    /// How long an HTTP/1.1 connection may say nothing, between requests or in the middle of one.
    /// Default 75 s: longer than the minute between two scrapes of a metrics collector.
    package var http1IdleLimit: Duration = .seconds(75)

    package init() {}
}
