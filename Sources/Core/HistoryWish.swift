package import Base

/// A part of an event topic's past, as somebody asks for it.
package struct HistoryWish: Equatable, Sendable {
    /// Events of one page that are asked for when nobody says.
    package static let eventsDefault = 1000
    /// Default 10,000: some 5 ms of the loop's time, and a message of less than 1 MiB.
    package static let eventsMax = 10_000
    /// Default 1 MiB: what every client takes as one message.
    package static let bytesMax = 1 << 20

    /// Nil: the oldest event that is held.
    package var start: SubscriptionOptions.Start?
    /// Inclusive; nil: the present.
    package var lastSequence: UInt64?
    /// Exclusive, by publish time.
    package var endTime: Timestamp?
    package var eventsMax = HistoryWish.eventsDefault
    package var bytesMax = HistoryWish.bytesMax

    package init() {}
}
