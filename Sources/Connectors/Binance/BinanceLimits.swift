/// Binance's rules, as its documentation states them, and what we make of them.
package struct BinanceLimits: Sendable {
    /// The venue's limit; a connection carries whole instruments.
    package var streamsPerConnectionMax = 1024
    /// Names in one SUBSCRIBE: longer ones risk the venue's limit on a message's length.
    package var streamsPerSubscribeMax = 100
    /// The venue answers SUBSCRIBE at once; after this long it is sent again.
    package var acknowledgementTimeout: Duration = .seconds(10)
    /// A misspelled stream is confirmed and stays silent for ever.
    package var neverStartedAfter: Duration = .seconds(10)
    /// For a stream to come up to what a predecessor of this process heard: it may lag a little.
    package var resumeSettle: Duration = .seconds(10)
    /// The venue pings every 20 s: three missed pings.
    package var silenceMax: Duration = .seconds(60)
    package var connectTimeout: Duration = .seconds(15)
    /// The venue cuts after 24 h; we go ten minutes earlier.
    package var connectionAgeMax: Duration = .seconds(24 * 3600 - 600)
    /// Longest message of this venue, in bytes.
    package var messageBytesMax = 4 << 20
    /// Longest answer to a request: the instrument list has about 15 MB.
    package var answerBytesMax = 64 << 20
    package var instrumentListInterval: Duration = .seconds(3600)
    /// Until the list is asked for again after a failure; doubles up to the interval.
    package var instrumentListRetry: Duration = .seconds(30)
    /// Between two snapshots of one instrument; doubles from the first to the second.
    package var snapshotIntervalMin: Duration = .milliseconds(200)
    package var snapshotIntervalMax: Duration = .seconds(2)
    /// A book that was live this long starts again with the shortest interval.
    package var snapshotIntervalReset: Duration = .seconds(10)
    /// The venue's own time-out is 10 s.
    package var requestTimeout: Duration = .seconds(10)
    /// After the venue refused to subscribe an instrument.
    package var refusedRetry: Duration = .seconds(30)

    package init() {}

    /// Instruments a connection can carry, at least one.
    package var instrumentsPerConnectionMax: Int {
        max(1, streamsPerConnectionMax / BinanceStream.allCases.count)
    }

    /// Instruments one SUBSCRIBE can name, at least one.
    var instrumentsPerSubscribeMax: Int {
        max(1, streamsPerSubscribeMax / BinanceStream.allCases.count)
    }
}
