/// A tradable pair at a venue.
package struct Instrument: Hashable, Sendable {
    /// Configuration name of the venue: "binance", "binance_us".
    package var venue: String
    package var symbol: Symbol
    /// The venue's own string: "BTCUSDT".
    package var venueSymbol: String
    /// Open for trading, by the venue's list.
    package var isTrading: Bool

    package init(venue: String, symbol: Symbol, venueSymbol: String, isTrading: Bool) {
        self.venue = venue
        self.symbol = symbol
        self.venueSymbol = venueSymbol
        self.isTrading = isTrading
    }
}
