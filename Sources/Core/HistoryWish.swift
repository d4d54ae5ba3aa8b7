package import Base

/// A part of an event topic's past, as somebody asks for it.
package struct HistoryWish: Equatable, Sendable {
    /// Events of one page that are asked for when nobody says.
    package static let eventsDefault = 1000
    /// Nil: the oldest event that is held.
    package var start: SubscriptionOptions.Start?
    /// Inclusive; nil: the present.
    package var lastSequence: UInt64?
    /// Exclusive, by publish time.
    package var endTime: Timestamp?
    /// At least one event is told, if there is one.
    package var eventsMax: Int
    package var bytesMax: Int

    /// The largest page.
    package init(_ limits: HistoryLimits = HistoryLimits()) {
        (eventsMax, bytesMax) = (limits.eventsMax, limits.bytesMax)
    }
}
