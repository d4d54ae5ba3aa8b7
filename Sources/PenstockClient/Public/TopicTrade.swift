internal import Schema

/// Who took the liquidity that was there.
public enum TradeSide: Hashable, Sendable { case buy, sell }

/// One trade, or one aggregate of consecutive trades of one taker at one price.
public struct TopicTrade: Equatable, Sendable {
    /// The venue's trade id, or aggregate id.
    public let id: UInt64
    /// Quote units per base unit.
    public let price: ExactDecimal
    /// Base units.
    public let quantity: ExactDecimal
    /// The aggressor's; nil: the venue does not say.
    public let side: TradeSide?
    /// Aggregates only: the first and last trade in it.
    public let trades: ClosedRange<UInt64>?
    /// Nanoseconds since 1970, by the venue's clock.
    public let eventTime: UInt64?

    package init(_ trade: MergedTrade, eventTime: UInt64?) {
        id = trade.id
        price = ExactDecimal(trade.price)
        quantity = ExactDecimal(trade.quantity)
        side =
            switch trade.side {
            case .buy: .buy
            case .sell: .sell
            case .unspecified: nil
            }
        trades = closedRange(trade.firstID, trade.lastID)
        self.eventTime = eventTime
    }
}

/// Nil unless both ends are known and in order.
func closedRange(_ first: UInt64?, _ last: UInt64?) -> ClosedRange<UInt64>? {
    guard let first, let last, first <= last else { return nil }
    return first...last
}
