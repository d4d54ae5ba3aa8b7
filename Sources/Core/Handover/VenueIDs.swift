package import Market

/// How far an instrument's streams have been heard already, in the venue's own numbers.
package struct VenueIDs: Equatable, Sendable {
    /// Nil: there was none.
    package var tick: UInt64?
    package var trade: UInt64?
    package var aggregateTrade: UInt64?
    /// What could be believed, so that its stream has spoken once.
    package var live: Set<TopicKind>

    package init(
        tick: UInt64? = nil, trade: UInt64? = nil, aggregateTrade: UInt64? = nil,
        live: Set<TopicKind> = []
    ) {
        self.tick = tick
        self.trade = trade
        self.aggregateTrade = aggregateTrade
        self.live = live
    }
}
