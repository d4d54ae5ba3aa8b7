internal import Market

/// A venue as the loops see it that do not own its topics: its list, and nobody to ask but the
/// owner. Whatever is made here because a subscriber named it is wished for there.
final class ListedVenue: VenueConnector {
    var symbols: SymbolTable
    private unowned let hub: Hub

    init(_ symbols: SymbolTable, hub: Hub) { (self.symbols, self.hub) = (symbols, hub) }

    var venue: String { symbols.venue }
    var instruments: [Instrument] { symbols.sorted }
    func lacks(_ symbol: Symbol) -> Bool { symbols.lacks(symbol) }

    func demand(_ board: InstrumentBoard) { hub.askOwner(for: board.tick) }

    func bookAdded(to board: InstrumentBoard) {
        if let book = board.books.last { hub.askOwner(for: book) }
    }

    func inherited(_ board: InstrumentBoard) {}
}
