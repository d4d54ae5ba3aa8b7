/// Where a Binance venue is, and by which limits it is treated.
package struct BinanceConfiguration: Sendable {
    /// `binance` or `binance_us`.
    package var venue: String
    /// Base of the WebSocket: `/stream` is added.
    package var streams: FeedAddress
    /// Base of the requests: `/api/v3/…` is added.
    package var requests: FeedAddress
    package var limits = BinanceLimits()
    /// How often due work is looked for: finer than the shortest wait, 100 ms.
    package var tickInterval: Duration = .milliseconds(50)

    /// The venue at its own addresses; nil for a name that is not Binance's.
    package init?(venue: String) {
        switch venue {
        case "binance":
            self.init(
                venue: venue, streams: "wss://stream.binance.com:9443",
                requests: "https://api.binance.com")
        case "binance_us":
            self.init(
                venue: venue, streams: "wss://stream.binance.us:9443",
                requests: "https://api.binance.us")
        default: return nil
        }
    }

    /// The venue at one base address for both, such as `http://127.0.0.1:7500/binance`; nil if that
    /// is no address.
    package init?(venue: String, base: String) {
        self.init(venue: venue, streams: base, requests: base)
    }

    private init?(venue: String, streams: String, requests: String) {
        guard let streams = FeedAddress(streams), let requests = FeedAddress(requests) else {
            return nil
        }
        self.venue = venue
        self.streams = streams
        self.requests = requests
    }
}
