package import Schema
package import Streams

extension SubscriptionPlan {
    /// What `Subscribe` says beside its topics: which updates, and from where on.
    package init(_ request: SubscribeRequest, _ limits: FilterLimits) throws(Refusal) {
        id = 0
        topics = request.topics
        fields = .all
        rate = nil
        start = try SubscriptionOptions.Start?(
            requested: nil, sequence: request.fromSequence, time: request.fromTime,
            count: request.fromCount)
        positions = [:]
        overflow = .standard
        filter = try Filter?(requested: request.filter, limits)
        self.request = SubscribeTopics()
    }
}
