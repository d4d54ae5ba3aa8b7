internal import Base
package import Schema
package import Streams

/// Everybody on this loop who gets the same bytes of one topic: one codec, one set of fields, one
/// rate, one filter, gzip or not. A frame is encoded, and compressed, once for all of them.
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
        /// Messages may be compressed, each if that pays.
        package var takesGzip = false

        /// One of the few that every client may have, whatever others have made up.
        var isUsual: Bool {
            filter == nil && fields == .all && (rate.map(Rate.presets.contains) ?? true)
        }
    }

    // What every publication looks at lies side by side: with ten thousand topics none of it is in
    // a cache.
    let key: Key
    /// What every current row has.
    var told: Position
    /// Nothing that this audience wants changed in (told, known].
    var known: UInt64
    /// The rows as the hot path sees them.
    private var lanes = FrameRows()
    private var refused: [Int] = []
    var saving = Saving()
    private var hasResting = false
    /// Waits in the pacer of its rate.
    var isWaiting = false
    private var rows: [Subscription] = []
    var pace = Pace()
    /// What compressing is good for: frames to all rows, and to those who are caught up.
    var liveWorth = CompressionWorth()
    var missedWorth = CompressionWorth()
    /// With a filter on a state: the latest position at which it passed, whether there was news or
    /// not, and its values when it was told last, which changes are measured against.
    var passed: Position?
    var toldValues: FilterValues?

    init(key: Key, told: Position) {
        self.key = key
        self.told = told
        known = told.sequence
    }

    var isEmpty: Bool { lanes.isEmpty }
    var count: Int { rows.count }

    func insert(_ subscription: Subscription) {
        subscription.row = rows.count
        rows.append(subscription)
        lanes.append(subscription.session.sink.lane, isCurrent: subscription.cursor == nil)
    }

    /// O(1): the last row takes the free place.
    func remove(_ subscription: Subscription) {
        let row = subscription.row
        precondition(has(subscription), "row \(row) belongs to another subscription")
        lanes.remove(row)
        let last = rows.removeLast()
        if row < rows.count {
            rows[row] = last
            last.row = row
        }
    }

    private func has(_ subscription: Subscription) -> Bool {
        subscription.row < rows.count && rows[subscription.row] === subscription
    }

    /// A row became current, or is no longer.
    func cursorMoved(of subscription: Subscription) {
        guard has(subscription) else { return }
        lanes.setCurrent(subscription.row, subscription.cursor == nil)
    }

    /// Offers `frames`, so many messages, which lead from `before` to what the audience will have
    /// been told, to every row that is current. A row that refuses is behind at `before`; nothing
    /// is stored for it. Returns how many took it.
    func deliver(_ frames: RawSpan, messages: Int, from before: Position) -> Int {
        let delivered = lanes.deliver(frames, messages: messages, refused: &refused)
        if refused.isEmpty { return delivered }
        // A sink may end sessions, which takes rows away: from here on it goes by subscription.
        let slow = refused.map { rows[$0] }
        refused.removeAll(keepingCapacity: true)
        return slow.reduce(delivered) { sum, subscription in
            offer(frames, messages, to: subscription, from: before) ? sum + 1 : sum
        }
    }

    private func offer(
        _ frames: RawSpan, _ messages: Int, to subscription: Subscription, from before: Position
    ) -> Bool {
        guard has(subscription), subscription.cursor == nil else { return false }
        let sink = subscription.session.sink
        guard sink.offer(frames) else {
            subscription.cursor = .at(before)
            subscription.session.markBehind(subscription)
            return false
        }
        if messages > 1 { sink.tookFurther(messages - 1) }
        return true
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
