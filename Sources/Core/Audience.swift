package import Schema
package import Streams

/// Everybody on this loop who gets the same bytes of one topic: one codec, one set of fields, one
/// rate, one filter. A frame is encoded once for all of them.
///
/// A row is *current* when it has everything that the audience was told: it takes the shared frame.
/// A row that refused one is *behind*, in its session's queue. A row that has something else, such
/// as more than the audience was told because it came in between two ticks, *rests*: it is caught
/// up by itself when the audience is told something next, and is current from then on.
package final class Audience {
    package struct Key: Hashable {
        package var codec: Codec
        package var fields = FieldSet.all
        /// Nil: every change at once.
        package var rate: Rate?
        /// Nil: everything passes.
        package var filter: FilterProgram?
    }

    let key: Key
    /// What every current row has.
    var told: Position
    /// Nothing that this audience wants changed in (told, known].
    var known: UInt64
    var pace = Pace()
    /// With a filter on a state: the latest position at which it passed, whether there was news or
    /// not, and its values when it was told last, which changes are measured against.
    var passed: Position?
    var toldValues: FilterValues?
    /// Waits in the pacer of its rate.
    var isWaiting = false
    private var rows: [Subscription] = []
    private var hasResting = false

    init(key: Key, told: Position) {
        self.key = key
        self.told = told
        known = told.sequence
    }

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

    /// Offers `frames`, which lead from `before` to what the audience will have been told, to every
    /// row that is current. A row that refuses is behind at `before`; nothing is stored for it.
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

    /// Some row has an explicit cursor and is in no queue.
    func rest() { hasResting = true }

    /// The audience was told something: rows that rest are caught up, each by itself.
    func wakeResting() {
        guard hasResting else { return }
        hasResting = false
        wake { _ in true }
    }

    /// The state passed the filter, but has nothing new for those who are current: it may have for
    /// rows that rest at an older position because it did not pass when they came.
    func wakeLagging() {
        guard hasResting else { return }
        let told = told
        wake { cursor in
            guard case .at(let reached) = cursor else { return false }
            return reached.epoch == told.epoch && reached.sequence < told.sequence
        }
    }

    private func wake(_ isWanted: (Subscription.Cursor) -> Bool) {
        var sessions: [Session] = []
        for subscription in rows where !subscription.isQueued {
            guard let cursor = subscription.cursor, isWanted(cursor) else { continue }
            subscription.session.markBehind(subscription)
            sessions.append(subscription.session)
        }
        for session in sessions { session.becameWritable() }
    }

    func forEach(_ body: (Subscription) -> Void) {
        for subscription in rows { body(subscription) }
    }
}
