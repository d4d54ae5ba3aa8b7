internal import Base
internal import Schema
internal import Streams

/// Where in the past a subscription may begin.
extension EventTopic {
    /// The sequence after which a subscription begins. Where the ring has lost what is wanted, the
    /// sequence is before that, so that a `Gap` tells.
    func sequence(before start: SubscriptionOptions.Start?) -> UInt64 {
        switch start {
        case nil, .live: position.sequence
        case .latest: newestEvent() &- 1
        case .sequence(let first): min(first &- 1, position.sequence)
        case .time(let time): sequence(before: time)
        case .count(let count): sequence(beforeLast: count)
        }
    }

    func sequence(before time: Timestamp) -> UInt64 {
        history.sequence(before: time, through: position.sequence)
    }

    /// Before the last `count` events that are no statuses. When the ring has fewer, as many before
    /// its first as are missing.
    func sequence(beforeLast count: UInt64) -> UInt64 {
        var (sequence, left) = (position.sequence, count)
        while history.stepBack(from: &sequence, left: &left, stepsMax: Self.stepsBackMax) {}
        return sequence > left ? sequence - left : 0
    }

    /// Some microseconds of the lock.
    private static let stepsBackMax = 1024

    /// Sequence of the newest entry that is not about the status, if it is among the last few.
    private func newestEvent() -> UInt64 {
        var sequence = position.sequence
        for _ in 0..<Self.statusEntriesMax {
            guard let event = history[sequence] else { break }
            if event.payload != nil { return sequence }
            sequence &-= 1
        }
        return position.sequence &+ 1
    }

    /// Statuses change seldom: this many in a row mean that there is no event worth showing.
    private static var statusEntriesMax: Int { 64 }
}
