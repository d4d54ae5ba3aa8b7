package import Schema

/// A tradable pair at a venue.
public struct ListedInstrument: Equatable, Sendable {
    public let venue: String
    /// Canonical: "BTC/USDT".
    public let symbol: String
    /// The venue's own string.
    public let venueSymbol: String
    public let baseAsset: String
    public let quoteAsset: String
    /// Open for trading, by the venue's list.
    public let isTrading: Bool

    package init(_ instrument: Instrument) {
        venue = instrument.venue ?? ""
        symbol = instrument.symbol ?? ""
        venueSymbol = instrument.venueSymbol ?? ""
        baseAsset = instrument.baseAsset ?? ""
        quoteAsset = instrument.quoteAsset ?? ""
        isTrading = instrument.trading ?? false
    }
}
