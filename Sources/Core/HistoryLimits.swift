/// How large a page of `GetHistory` may be; a wish for more is cut to that.
package struct HistoryLimits: Sendable {
    /// Events. Default 10,000: some 5 ms of the loop's time.
    package var eventsMax = 10_000
    /// Bytes of the events as the ring counts them. Default 1 MiB: what every client takes as one
    /// message.
    package var bytesMax = 1 << 20

    package init() {}
}
