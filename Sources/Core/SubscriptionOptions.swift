package import Base
package import Streams

/// How one subscription wants its topics.
package struct SubscriptionOptions: Equatable, Sendable {
    package enum Start: Equatable, Sendable {
        /// State topics: the present state; event topics: the newest event.
        case latest
        /// State topics: the next change; event topics: the next event.
        case live
        /// Event topics: that one and what follows; not beyond the next one.
        case sequence(UInt64)
        /// Event topics: those published at or after.
        case time(Timestamp)
        /// Event topics: so many of the newest ones.
        case count(UInt64)
    }

    package var fields = FieldSet.all
    package var rate: Rate?
    /// Nil: `latest` for state topics, `live` for event topics.
    package var start: Start?
    package var closesWhenBehind = false
    /// Nil: everything passes.
    package var filter: FilterProgram?

    package init() {}
}
