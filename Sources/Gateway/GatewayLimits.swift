package import Core

/// What clients may ask of the gateway, and how far.
package struct GatewayLimits: Sendable {
    /// Open client connections. Default 20,000: twice the largest front-end fleet we plan for, at
    /// 16 KB each. One more is closed at once and counted.
    package var connectionsMax = 20_000

    /// Topics one Subscribe or GetSnapshot call may name. Default 4,096: a whole venue of
    /// instruments with two topics each. More is RESOURCE_EXHAUSTED.
    package var topicsPerCallMax = 4096

    /// What one `Session` may do.
    package var session = SessionLimits()

    /// How long a connection may take to say which protocol it speaks. Default 10 s.
    package var handshakeTimeout: Duration = .seconds(10)

    /// How long an HTTP/1.1 connection may say nothing, between requests or in the middle of one.
    /// Default 75 s: longer than the minute between two scrapes of a metrics collector.
    package var http1IdleLimit: Duration = .seconds(75)

    package init() {}
}
