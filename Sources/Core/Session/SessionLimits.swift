package import Streams

/// What one session may do, and how far. Clients read most of it in `Welcome`.
package struct SessionLimits: Sendable {
    /// Subscriptions living at the same time. Default 256: one a widget of the fullest screen; a
    /// service that wants more topics names them together.
    package var subscriptionsMax = 256

    /// Topics named in one request. Default 4,096, as for `Subscribe`: a whole venue of instruments
    /// with two topics each.
    package var topicsPerSubscriptionMax = 4096

    /// Topics subscribed at the same time. Default 8,192: two whole venues; their heartbeat is some
    /// 200 KB.
    package var topicsMax = 8192

    /// Requests a second, on average. Default 50: a person with a mouse, or a program that should
    /// name its topics together.
    package var requestsPerSecond = 50

    /// Requests at once after a quiet time. Default 500: what a screen does when it opens.
    package var requestsAtOnce = 500

    /// Bytes of one encoded request. Default 2 MiB: a token of the largest size, twice.
    package var requestBytesMax = 2 << 20

    /// Bytes of a resume token. Default 1 MiB: 8,192 topics with names and positions.
    package var resumeTokenBytesMax = 1 << 20

    /// Bytes of the client's name. Default 128: a product, its version and a host.
    package var clientNameBytesMax = 128

    /// Time between two heartbeats when the client does not say. Default 30 s: two of them lost are
    /// noticed within a minute, before most middleboxes forget an idle connection.
    package var heartbeatDefault = Duration.seconds(30)
    /// Default 1 s: below that the client measures its own network.
    package var heartbeatMin = Duration.seconds(1)
    /// Default 5 minutes: beyond that nobody is helped.
    package var heartbeatMax = Duration.seconds(300)

    /// How long a session may be open without `hello`. Default 10 s, as for a connection that does
    /// not say what it speaks.
    package var helloTimeout = Duration.seconds(10)

    /// How long before the server's own deadline a session ends when the server drains, but not
    /// before half of the time is over. Default 2 s: for the last bytes to leave, and for the
    /// process to end in time.
    package var drainMargin = Duration.seconds(2)

    /// How large a filter may be.
    package var filter = FilterLimits()

    package init() {}
}
