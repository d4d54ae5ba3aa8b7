/// A tradable pair at a venue.
package struct Instrument: Equatable, Sendable {
    package var venue: String?
    /// Canonical: "BTC/USDT".
    package var symbol: String?
    /// The venue's own string.
    package var venueSymbol: String?
    package var baseAsset: String?
    package var quoteAsset: String?
    /// Open for trading, by the venue's list.
    package var trading: Bool?

    package init(
        venue: String? = nil, symbol: String? = nil, venueSymbol: String? = nil,
        baseAsset: String? = nil, quoteAsset: String? = nil, trading: Bool? = nil
    ) {
        self.venue = venue
        self.symbol = symbol
        self.venueSymbol = venueSymbol
        self.baseAsset = baseAsset
        self.quoteAsset = quoteAsset
        self.trading = trading
    }
}

extension Instrument: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Instrument"]

    package func write(to record: Record) {
        record.set(1, venue)
        record.set(2, symbol)
        record.set(3, venueSymbol)
        record.set(4, baseAsset)
        record.set(5, quoteAsset)
        record.set(6, trading)
    }

    package init(_ record: Record) {
        venue = record.get(1)
        symbol = record.get(2)
        venueSymbol = record.get(3)
        baseAsset = record.get(4)
        quoteAsset = record.get(5)
        trading = record.get(6)
    }
}
