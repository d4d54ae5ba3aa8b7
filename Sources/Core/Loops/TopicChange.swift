internal import Base
package import Market
package import Schema
package import Streams

/// What one publication made of a topic, for the hubs of the other loops: enough to go on from the
/// publication before it. Events are not in it, the loops share them.
package struct TopicChange: Sendable {
    package struct State: Sendable {
        var venueSequence: UInt64
        var eventTime: Timestamp
        var receiveTime: Timestamp
        var statusSequence: UInt64
        var content: Content
    }

    package enum Content: Sendable {
        /// There is no state to show, or no more.
        case nothing
        case tick(Market.Tick, TickStamps)
        /// Levels that changed.
        case levels(BookChange)
        /// All levels and removals, with when each of them changed.
        case book(bids: SideRecord, asks: SideRecord)
    }

    var topic: UInt32
    var position: Position
    var status: Status
    var publishTime: Timestamp
    /// Nil: an event topic.
    var state: State?
}
