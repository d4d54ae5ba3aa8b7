internal import Base
internal import Schema
internal import Streams

/// What an audience's frames would have cost otherwise, measured at one publication in 64.
struct Saving {
    private static let interval = 64
    /// Publications before the first measurement: many an audience is gone sooner.
    private static let unmeasured = 3

    private var publications = Saving.interval - Saving.unmeasured
    /// Bytes of the topic's snapshot in the audience's codec; 0: it has none.
    private var snapshotBytes = 0
    /// Bytes of the last measured frames, and of the same in JSON.
    private var bytes = 1
    private var jsonBytes = 1

    /// Whether this publication is to be measured. Counts it.
    mutating func isDue() -> Bool {
        defer { publications = (publications + 1) % Self.interval }
        return publications == 0
    }

    mutating func measured(bytes: Int, json: Int, snapshot: Int) {
        (self.bytes, jsonBytes, snapshotBytes) = (max(1, bytes), json, snapshot)
    }

    /// Saved by sending so many bytes of changes instead of the snapshot.
    func byDelta(_ size: Int) -> Int { max(0, snapshotBytes - size) }

    /// Saved by sending them in the audience's codec instead of JSON.
    func byCodec(_ size: Int) -> Int { max(0, size * (jsonBytes - bytes) / bytes) }
}

extension Topic {
    /// Counts frames that so many rows of an audience have taken; compressed they had `sent` bytes.
    final func count(
        _ delivered: Int, _ bytes: Int, sent: Int, for audience: Audience, _ told: Stretch
    ) {
        guard delivered > 0 else { return }
        let metrics = hub.metrics
        let times = UInt64(delivered)
        metrics.deliveries.add(times)
        metrics.deliveredBytes.add(times &* UInt64(sent))
        if sent < bytes { metrics.savedByGzip.add(times &* UInt64(bytes - sent)) }
        let isConflated = isState && audience.key.filter == nil
        if isConflated, told.from.epoch == told.to.epoch {
            metrics.conflated.add((told.to.sequence &- told.from.sequence &- 1) &* times)
        }
        if audience.saving.isDue() { measure(audience, bytes, told) }
        metrics.savedByDelta.add(UInt64(audience.saving.byDelta(bytes)) &* times)
        metrics.savedByCodec.add(UInt64(audience.saving.byCodec(bytes)) &* times)
    }

    /// Counts what led a subscription on, in place of the frames that it did not take. What was
    /// published before it came was not for it.
    final func countCaughtUp(
        _ bytes: Int, of subscription: Subscription, from cursor: Subscription.Cursor,
        to reached: Subscription.Cursor
    ) {
        hub.metrics.caughtUpBytes.add(UInt64(bytes))
        guard isState, subscription.hasStarted,
            subscription.audience.key.filter == nil, case .at(let before) = cursor,
            case .at(let after) = reached, before.epoch == after.epoch,
            after.sequence > before.sequence
        else { return }
        hub.metrics.conflated.add(after.sequence - before.sequence - 1)
    }

    private func measure(_ audience: Audience, _ bytes: Int, _ told: Stretch) {
        let scratch = OutputBuffer()
        var key = audience.key
        key.codec = .json
        append(told, as: key, into: scratch)
        let json = scratch.count
        scratch.removeAll()
        if let topic = self as? StateTopic {
            topic.snapshot(key.fields).encodeFramed(audience.key.codec, into: scratch)
        }
        audience.saving.measured(bytes: bytes, json: json, snapshot: scratch.count)
    }
}

extension Hub {
    /// Notes who is behind; to be called every second.
    package func takeCensus() {
        let now = turn.instant()
        let longest = waiting.values.map { now - $0.since }.max() ?? .zero
        metrics.behind.set(Int64(waiting.values.reduce(0) { $0 + $1.session.waitingCount }))
        metrics.oldestBehind.set(longest.wholeNanoseconds)
        heedHistoryBudget()
        if ownsTopics { metrics.historyBytes.set(Int64(historyBudget.bytes)) }
        sharedCatchUps.forgetLasting()
    }
}
