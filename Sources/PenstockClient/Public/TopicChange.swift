/// What brought a topic to its present state.
public enum TopicChange: Equatable, Sendable {
    /// Everything may be new: take the state whole. A first snapshot, a new one after a loss, or
    /// several updates in one because the consumer was busy.
    case whole
    /// These levels of a book changed; quantity zero: the price is gone.
    case levels(bids: PriceLevels, asks: PriceLevels)
    /// Best bid or ask of a tick changed.
    case tick
    /// Only the status changed.
    case status
    case trade(TopicTrade)
    /// Events were lost.
    case gap(TopicGap)
    /// Uninterpreted bytes of a `bench:` topic.
    case data([UInt8])
    /// The topic ends here; the others of the subscription go on.
    case rejected(TopicRejection)
}
