internal import Base

/// What the whole load saw: what is measured, and everything that was wrong.
final class LoadTally {
    /// Measurements count from `begin` to `end`; faults always do.
    var isMeasuring = false
    private(set) var latency = Histogram()
    private(set) var updates = 0
    private(set) var messageBytes = 0
    /// Updates of readers that will stop reading, and of churners.
    private(set) var otherUpdates = 0
    private(set) var snapshots = 0
    /// Events that `Gap`s named.
    private(set) var announced: UInt64 = 0
    var subscribes = 0
    var answered = 0
    var unsubscribes = 0
    var resumed = 0
    private var faults: [String: Int] = [:]

    var isSound: Bool { faults.isEmpty }

    func fault(_ name: String, _ count: Int = 1) { faults[name, default: 0] += count }

    /// - Parameter isMeasured: false for those whose latency says nothing.
    func update(_ head: UpdateHead, bytes: Int, at now: UInt64, isMeasured: Bool) {
        guard isMeasuring else { return }
        guard isMeasured else { return otherUpdates += 1 }
        updates += 1
        messageBytes += bytes
        // The two clocks are one; a step backwards counts as nothing.
        if head.publishTime > 0 {
            latency.add(now > head.publishTime ? now - head.publishTime : 0)
        }
    }

    func moved(from before: TopicCursor, to after: TopicCursor) {
        snapshots += after.snapshots - before.snapshots
        announced += after.announced - before.announced
    }

    /// Members of a JSON object.
    var json: String {
        func milliseconds(_ fraction: Double) -> Double {
            Double(latency.quantile(fraction) / 1000) / 1000
        }
        let faults = faults.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
        return """
            "updates":\(updates),"message_bytes":\(messageBytes),"other_updates":\(otherUpdates),\
            "p50_ms":\(milliseconds(0.5)),"p99_ms":\(milliseconds(0.99)),\
            "p999_ms":\(milliseconds(0.999)),"largest_ms":\(milliseconds(1)),\
            "snapshots":\(snapshots),"announced_gaps":\(announced),"subscribes":\(subscribes),\
            "answered":\(answered),\
            "unsubscribes":\(unsubscribes),"resumed":\(resumed),\
            "faults":{\(faults.joined(separator: ","))}
            """
    }
}
