/// The subscriptions of one session by the number of their topic. Most sessions have one, which
/// takes no memory besides.
struct SubscriptionTable {
    private enum Content {
        case none
        case one(Subscription)
        case many([UInt32: Subscription])
    }

    private var content = Content.none

    /// O(1).
    subscript(number: UInt32) -> Subscription? {
        get {
            switch content {
            case .none: nil
            case .one(let only): only.topic.number == number ? only : nil
            case .many(let all): all[number]
            }
        }
        set {
            switch content {
            case .none:
                if let newValue { content = .one(newValue) }
            case .one(let only) where only.topic.number == number:
                content = newValue.map { .one($0) } ?? .none
            case .one(let only):
                if let newValue { content = .many([only.topic.number: only, number: newValue]) }
            case .many(var all):
                // Or the dictionary would be copied.
                content = .none
                all[number] = newValue
                content = .many(all)
            }
        }
    }

    var first: Subscription? {
        switch content {
        case .none: nil
        case .one(let only): only
        case .many(let all): all.values.first
        }
    }

    var all: [Subscription] {
        switch content {
        case .none: []
        case .one(let only): [only]
        case .many(let all): Array(all.values)
        }
    }
}
