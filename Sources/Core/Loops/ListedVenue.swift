internal import Market

/// A venue as the loops see it that do not own its topics: its list, and nobody to ask. What a
/// subscriber names there is asked of the owner.
final class ListedVenue: VenueConnector {
    var symbols: SymbolTable

    init(_ symbols: SymbolTable) { self.symbols = symbols }

    var venue: String { symbols.venue }
    var instruments: [Instrument] { symbols.sorted }
    func lacks(_ symbol: Symbol) -> Bool { symbols.lacks(symbol) }
    func demand(_ board: InstrumentBoard) {}
    func bookAdded(to board: InstrumentBoard) {}
    func inherited(_ board: InstrumentBoard) {}
}
