/// How far an instrument's streams have been heard already, in the venue's own numbers.
package struct VenueIDs: Equatable, Sendable {
    /// Nil: no tick, or none that could be believed.
    package var tick: UInt64?
    package var trade: UInt64?
    package var aggregateTrade: UInt64?

    package init(tick: UInt64? = nil, trade: UInt64? = nil, aggregateTrade: UInt64? = nil) {
        self.tick = tick
        self.trade = trade
        self.aggregateTrade = aggregateTrade
    }
}
