/// What a subscriber saw, or many together.
struct DrillTally {
    var updates = 0
    var trades = 0
    /// Calls after the first, and those that went on from the position.
    var calls = 0
    var resumed = 0
    /// Snapshots and `Gap`s where a position should have led on.
    var snapshots = 0
    var gaps = 0
    /// Updates that do not lead on from what was known, and those that were known already.
    var missing = 0
    var repeated = 0
    /// Trades that are not the next by the venue's ids.
    var tradeHoles = 0
    var epochChanges = 0
    /// Ends of calls that no draining server gives.
    var failures = 0

    mutating func add(_ other: DrillTally) {
        updates += other.updates
        trades += other.trades
        calls += other.calls
        resumed += other.resumed
        snapshots += other.snapshots
        gaps += other.gaps
        missing += other.missing
        repeated += other.repeated
        tradeHoles += other.tradeHoles
        epochChanges += other.epochChanges
        failures += other.failures
    }

    var json: String {
        """
        "updates":\(updates),"trades":\(trades),"calls":\(calls),"resumed":\(resumed),\
        "snapshots":\(snapshots),"gaps":\(gaps),"missing":\(missing),"repeated":\(repeated),\
        "tradeHoles":\(tradeHoles),"epochChanges":\(epochChanges),"failures":\(failures)
        """
    }
}
