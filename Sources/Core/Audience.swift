internal import Schema
internal import Streams

/// Everybody on this loop who gets the same bytes of one topic: one codec, one encoded frame.
final class Audience {
    let codec: Codec
    private var rows: [Subscription] = []

    init(codec: Codec) { self.codec = codec }

    var isEmpty: Bool { rows.isEmpty }
    var count: Int { rows.count }

    func insert(_ subscription: Subscription) {
        subscription.row = rows.count
        rows.append(subscription)
    }

    /// O(1): the last row takes the free place.
    func remove(_ subscription: Subscription) {
        let row = subscription.row
        precondition(rows[row] === subscription, "row \(row) belongs to another subscription")
        let last = rows.removeLast()
        if row < rows.count {
            rows[row] = last
            last.row = row
        }
    }

    /// Offers `frames`, which lead from `before` to the topic's present position, to every row
    /// that is up to date. A row that refuses is behind at `before`; nothing is stored for it.
    /// Returns how many took it.
    func deliver(_ frames: RawSpan, from before: Position) -> Int {
        var delivered = 0
        for subscription in rows where subscription.cursor == nil {
            if subscription.session.sink.offer(frames) {
                delivered &+= 1
            } else {
                subscription.cursor = .at(before)
                subscription.session.markBehind(subscription)
            }
        }
        return delivered
    }

    /// The latest frames, now with every row that is up to date, were so many messages.
    func delivered(_ messages: UInt64) {
        for subscription in rows where subscription.cursor == nil {
            subscription.session.sink.tookFurther(Int(messages) - 1)
        }
    }

    func forEach(_ body: (Subscription) -> Void) {
        for subscription in rows { body(subscription) }
    }
}
