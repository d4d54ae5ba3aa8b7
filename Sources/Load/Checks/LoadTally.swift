internal import Base

/// What the whole load saw: what is measured, and everything that was wrong.
final class LoadTally {
    /// Measurements count from `begin` to `end`; faults always do.
    var isMeasuring = false
    private(set) var seen = FleetReport.Deliveries()
    var subscribes = 0
    var answered = 0
    var unsubscribes = 0
    var resumed = 0
    private(set) var faults: [String: Int] = [:]

    func fault(_ name: String, _ count: Int = 1) { faults[name, default: 0] += count }

    /// - Parameter isMeasured: false for those whose latency says nothing.
    func update(_ head: UpdateHead, bytes: Int, at now: UInt64, isMeasured: Bool) {
        guard isMeasuring else { return }
        guard isMeasured else { return seen.otherUpdates += 1 }
        seen.updates += 1
        seen.messageBytes += bytes
        // A snapshot is as old as its topic's last change.
        if head.isSnapshot { return }
        // `bench serve` tells a receive_time only of what it publishes late: when that was due.
        // Counted from publish_time, a late publisher would look punctual.
        let isLate = head.payload == UpdateHead.Field.data && head.receiveTime > 0
        let begun = isLate ? head.receiveTime : head.publishTime
        // A step of a clock backwards counts as nothing.
        if begun > 0 { seen.ages.add(now > begun ? now - begun : 0) }
        if head.eventTime > 0 {
            seen.eventAges.add(now > head.eventTime ? now - head.eventTime : 0)
        }
    }

    func moved(from before: TopicCursor, to after: TopicCursor) {
        seen.snapshots += after.snapshots - before.snapshots
        seen.announced += after.announced - before.announced
    }

    /// Somebody was up to date for the first time so long after the call began.
    func becameCurrent(after time: Duration) {
        seen.beginnings.add(UInt64(max(0, time.wholeNanoseconds)))
    }
}
