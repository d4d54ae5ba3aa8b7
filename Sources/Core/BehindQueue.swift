/// The subscriptions of a session that wait to be caught up: first in, first out, each once.
struct BehindQueue {
    private var waiting: [Subscription] = []
    /// Places before it have been served.
    private var start: UInt32 = 0

    mutating func append(_ subscription: Subscription) {
        guard !subscription.isQueued else { return }
        subscription.isQueued = true
        waiting.append(subscription)
    }

    var count: Int { waiting.count - Int(start) }

    /// Who is served next.
    var first: Subscription? { start < waiting.count ? waiting[Int(start)] : nil }

    mutating func popFirst() -> Subscription? {
        guard start < waiting.count else { return nil }
        let first = waiting[Int(start)]
        first.isQueued = false
        start += 1
        // Half of it served: amortised, each is moved once.
        if start > waiting.count / 2 {
            waiting.removeSubrange(..<Int(start))
            start = 0
        }
        return first
    }

    /// The one just taken could not be served: it stays first.
    mutating func putBack(_ subscription: Subscription) {
        guard !subscription.isQueued else { return }
        subscription.isQueued = true
        if start > 0 {
            start -= 1
            waiting[Int(start)] = subscription
        } else {
            waiting.insert(subscription, at: 0)
        }
    }

    mutating func remove(_ subscription: Subscription) {
        guard subscription.isQueued else { return }
        subscription.isQueued = false
        waiting.removeSubrange(..<Int(start))
        start = 0
        waiting.removeAll { $0 === subscription }
    }
}
