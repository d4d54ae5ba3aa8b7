package import Schema
internal import Streams

/// Where a subscription begins in its topic, and what the subscriber is told about it.
package struct StartingPoint {
    var cursor: Subscription.Cursor
    package var follows: Follows
    /// Event topics: the first sequence that will be sent.
    package var firstSequence: UInt64?
    /// Nothing is sent before the next change.
    var waits = false

    /// After which it begins; nil: nowhere in the present epoch.
    package var sequence: UInt64? {
        if case .at(let position) = cursor { position.sequence } else { nil }
    }
}
