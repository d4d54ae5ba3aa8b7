package import Schema

/// What became known of one topic; its state travels beside it.
package enum SubscriptionEvent: Equatable, Sendable {
    /// The state has applied this update. An update known already is no event.
    case updated(Update)
    /// The status changed without an update: the subscription began, or the connection was lost.
    case statusChanged
    /// The topic was refused, or ends; nothing follows for it.
    case rejected(RejectedTopic)
}
