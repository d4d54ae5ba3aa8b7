import Schema

/// The messages that are encoded.
enum EncodingSamples {
    /// Ten scalar fields, nothing nested.
    static let flat = head(.data([1, 2, 3, 4, 5, 6, 7, 8]))

    static let tick = head(.tick(newTick))

    /// What one depth message of a busy second changes among the best 50 levels.
    static let bookDelta = head(.book(Book(bids: side(6_183_763, 7), asks: side(6_183_764, 6))))

    static let oldTick = Tick(
        bidPrice: 6_183_763, bidQuantity: 182_340, askPrice: 6_183_764, askQuantity: 154_698,
        priceExponent: -2, quantityExponent: -5)

    /// One field of four differs.
    static let newTick = Tick(
        bidPrice: 6_183_763, bidQuantity: 182_341, askPrice: 6_183_764, askQuantity: 154_698,
        priceExponent: -2, quantityExponent: -5)

    private static func head(_ payload: Payload) -> Update {
        Update(
            topic: 17, epoch: 4_503_599_627_370_001, sequence: 123_456, baseSequence: 123_455,
            eventTime: 1_723_075_200_123_000_000, receiveTime: 1_723_075_200_125_000_000,
            publishTime: 1_723_075_200_125_040_000, venueSequence: 51_234_567_890, status: .live,
            payload: payload)
    }

    private static func side(_ best: Int64, _ count: Int64) -> BookSide {
        BookSide(
            prices: (0..<count).map { best - 37 * $0 },
            quantities: (0..<count).map { 1723 + 977 * $0 },
            priceExponent: -2, quantityExponent: -5)
    }
}
