/// The subscriptions of one session by the number of their topic. Most sessions have one, which
/// takes no memory besides. Not copied: copies would share the subscriptions.
struct SubscriptionTable: ~Copyable {
    private final class Several {
        var byNumber: [UInt32: Subscription]

        init(_ byNumber: [UInt32: Subscription]) { self.byNumber = byNumber }
    }

    private enum Content {
        case none
        case one(Subscription)
        case several(Several)
    }

    private var content = Content.none

    /// O(1).
    subscript(number: UInt32) -> Subscription? {
        get {
            switch content {
            case .none: nil
            case .one(let only): only.topic.number == number ? only : nil
            case .several(let all): all.byNumber[number]
            }
        }
        set {
            switch content {
            case .none:
                if let newValue { content = .one(newValue) }
            case .one(let only) where only.topic.number == number:
                content = newValue.map { .one($0) } ?? .none
            case .one(let only):
                guard let newValue else { return }
                content = .several(Several([only.topic.number: only, number: newValue]))
            case .several(let all): all.byNumber[number] = newValue
            }
        }
    }

    var first: Subscription? {
        switch content {
        case .none: nil
        case .one(let only): only
        case .several(let all): all.byNumber.values.first
        }
    }

    var all: [Subscription] {
        switch content {
        case .none: []
        case .one(let only): [only]
        case .several(let all): Array(all.byNumber.values)
        }
    }
}
