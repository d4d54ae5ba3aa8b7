package import Schema

/// Where a subscription begins in its topic, and what the subscriber is told about it.
package struct StartingPoint {
    var cursor: Subscription.Cursor
    package var follows: Follows
    /// Event topics: the first sequence that will be sent.
    package var firstSequence: UInt64?
    /// Nothing is sent before the next change.
    var waits = false
}
