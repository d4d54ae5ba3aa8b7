package import Streams

/// How one subscription wants its topics.
package struct SubscriptionOptions: Equatable, Sendable {
    package enum Start: Sendable {
        /// State topics: the present state; event topics: the newest event.
        case latest
        /// State topics: the next change; event topics: the next event.
        case live
    }

    package var fields = FieldSet.all
    package var rate: Rate?
    /// Nil: `latest` for state topics, `live` for event topics.
    package var start: Start?
    package var closesWhenBehind = false

    package init() {}
}
