/// What an update carries besides its position and times.
package enum Payload: Equatable, Sendable {
    case tick(Tick)
    case trade(Trade)
    case book(Book)
    case gap(Gap)
    /// First message of a subscription.
    case subscribed(Subscribed)
    /// The topic ends here for this subscription.
    case rejected(RejectedTopic)
    /// Uninterpreted, of `bench:N` topics.
    case data([UInt8])
    /// Sessions only: an answer, or what the server says by itself.
    indirect case control(Control)
}
