/// Canonical symbol ↔ venue symbol of one venue.
///
/// Until the venue's instrument list is known the table guesses by the venue's spelling
/// ("BTC/USDT" is "BTCUSDT"); from then on the list alone is the truth. Bounded by the list.
package struct SymbolTable: Sendable {
    package let venue: String
    /// Whether `replace` was called: absence then means that the venue does not list it.
    package private(set) var isKnown = false

    private var bySymbol: [Symbol: Instrument] = [:]
    private var byVenueSymbol: [String: Symbol] = [:]

    package init(venue: String) { self.venue = venue }

    /// All listed instruments, in no order.
    package var instruments: some Collection<Instrument> { bySymbol.values }

    /// Likewise, by symbol.
    package var sorted: [Instrument] {
        bySymbol.values.sorted { $0.symbol.description < $1.symbol.description }
    }

    /// Whether the venue does not list a symbol. Before the list is known, one that the venue would
    /// spell like another, likelier one counts as lacking: `BTCU/SDT` must not get the streams of
    /// `BTC/USDT`.
    package func lacks(_ symbol: Symbol) -> Bool {
        if isKnown { return instrument(symbol) == nil }
        guard let spelling = venueSymbol(symbol) else { return true }
        return self.symbol(venueSymbol: spelling).map { $0 != symbol } ?? false
    }

    /// Takes the venue's list in place of what was known. Of two entries for one symbol the one
    /// that is open for trading wins, else the first.
    package mutating func replace(with instruments: some Sequence<Instrument>) {
        isKnown = true
        bySymbol.removeAll(keepingCapacity: true)
        byVenueSymbol.removeAll(keepingCapacity: true)
        for instrument in instruments {
            byVenueSymbol[instrument.venueSymbol] = instrument.symbol
            if let known = bySymbol[instrument.symbol], known.isTrading || !instrument.isTrading {
                continue
            }
            bySymbol[instrument.symbol] = instrument
        }
    }

    /// The listed instrument; nil when not listed or the list is not known yet.
    package func instrument(_ symbol: Symbol) -> Instrument? { bySymbol[symbol] }

    /// What the venue calls a symbol; nil when its list lacks it.
    package func venueSymbol(_ symbol: Symbol) -> String? {
        isKnown ? bySymbol[symbol]?.venueSymbol : symbol.base + symbol.quote
    }

    /// What we call a venue's symbol; nil when the list lacks it, or, before the list is known,
    /// when it ends with no quote asset of the venue.
    package func symbol(venueSymbol: String) -> Symbol? {
        isKnown ? byVenueSymbol[venueSymbol] : QuoteAssets.split(venueSymbol, venue: venue)
    }
}
