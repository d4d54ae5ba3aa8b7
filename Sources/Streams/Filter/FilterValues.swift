package import Market

/// What a filter may see of one state or event. A plain value: making and reading one allocates
/// nothing. A number that is absent is nil.
package struct FilterValues: Equatable, Sendable {
    package var first: Decimal?
    package var second: Decimal?
    package var third: Decimal?
    package var fourth: Decimal?
    package var fifth: Decimal?
    /// Of an event: the aggressor; `unknown` is absent.
    package var side = Trade.Side.unknown

    /// In the order of `FilterField.fields(of:)`.
    package init(
        _ first: Decimal? = nil, _ second: Decimal? = nil, _ third: Decimal? = nil,
        _ fourth: Decimal? = nil, _ fifth: Decimal? = nil, side: Trade.Side = .unknown
    ) {
        (self.first, self.second, self.third) = (first, second, third)
        (self.fourth, self.fifth, self.side) = (fourth, fifth, side)
    }

    package init(_ tick: Tick) {
        self.init(tick.bidPrice, tick.bidQuantity, tick.askPrice, tick.askQuantity)
    }

    package init(bestBid: Level?, bestAsk: Level?) {
        self.init(bestBid?.price, bestBid?.quantity, bestAsk?.price, bestAsk?.quantity)
    }

    /// Of a trade.
    package init(
        price: Decimal?, quantity: Decimal?, id: UInt64?, firstID: UInt64?, lastID: UInt64?,
        side: Trade.Side
    ) {
        self.init(
            price, quantity, id.map(Self.number), firstID.map(Self.number),
            lastID.map(Self.number), side: side)
    }

    /// Venues count below 2^63; what is above is more than every number that a filter can name.
    private static func number(_ id: UInt64) -> Decimal {
        Decimal(mantissa: Int64(clamping: id), exponent: 0)
    }

    subscript(place: Int) -> Decimal? {
        switch place {
        case 0: first
        case 1: second
        case 2: third
        case 3: fourth
        case 4: fifth
        default: preconditionFailure("there is no place \(place)")
        }
    }
}
