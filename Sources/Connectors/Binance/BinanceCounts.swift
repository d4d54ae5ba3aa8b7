/// What the machine has seen since it began, for metrics. Only ever grows.
package struct BinanceCounts: Equatable, Sendable {
    /// Messages understood, by stream (`BinanceStream.rawValue`).
    package var messages = [UInt64](repeating: 0, count: BinanceStream.allCases.count)
    /// Ticks, trades and aggregate trades that were not newer than what was known.
    package var repeated: UInt64 = 0
    /// Holes in trade and aggregate trade ids.
    package var tradeGaps: UInt64 = 0
    /// Times a book had to be rebuilt.
    package var resyncs: UInt64 = 0
    package var snapshotsAsked: UInt64 = 0
    /// Topics whose stream was confirmed and stayed silent.
    package var neverStarted: UInt64 = 0
    package var connectionsLost: UInt64 = 0
    /// Answers with status 429 or 418.
    package var requestsLimited: UInt64 = 0

    package init() {}
}
