/// A limit of a session that was reached; the label of its metric.
package enum SessionLimit: String, Sendable, CaseIterable {
    case subscriptions
    case topicsPerSubscription = "topics_per_subscription"
    case topics
    case requestRate = "request_rate"
    case requestBytes = "request_bytes"
    case tokenBytes = "token_bytes"
    case helloTimeout = "hello_timeout"
    case lag
    case filter
    /// Ways in which a topic is sent (`HubLimits.audiencesPerTopicMax`).
    case audiences
}
