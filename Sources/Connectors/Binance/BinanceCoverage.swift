internal import JSON
internal import Market

/// How far from the best prices a book is known.
///
/// A snapshot that was cut at its limit says nothing about levels beyond its last ones: they are
/// missing until they change. As long as many ranks of the book lie within the snapshot's prices,
/// nothing that subscribers see is missing; when the market has moved away, the book needs a new
/// snapshot (recorded: one of 100 levels was wrong after 90 seconds).
struct BinanceCoverage: Equatable, Sendable {
    /// The last price of each side; nil where the snapshot held the whole side.
    private var bid: Decimal?
    private var ask: Decimal?
    private var rank = 0
    private var updates = 0

    /// Looked at once in so many updates: the market does not jump over hundreds of levels.
    private static let updatesPerLook = 16
    /// The deepest topics show this many levels.
    private static let ranksMax = 1000

    init() {}

    init(bids: JSONValue, asks: JSONValue, limit: Int) {
        bid = Self.last(of: bids, limit)
        ask = Self.last(of: asks, limit)
        rank = min(Self.ranksMax, limit / 4) - 1
    }

    private static func last(of levels: JSONValue, _ limit: Int) -> Decimal? {
        guard levels.count >= limit else { return nil }
        var last: Decimal?
        for level in levels.elements { last = level[0]?.decimal }
        return last
    }

    /// Whether the book, after an update, may lack levels among those that matter.
    mutating func isExceeded(by book: borrowing OrderBook) -> Bool {
        updates &+= 1
        guard bid != nil || ask != nil, updates % Self.updatesPerLook == 0 else { return false }
        if let bid, book.count(.bid) <= rank || book.level(.bid, rank).price < bid { return true }
        if let ask, book.count(.ask) <= rank || book.level(.ask, rank).price > ask { return true }
        return false
    }
}
