/// What a fleet saw.
package struct FleetReport: Sendable {
    /// Between the beginning and the end of the measurement, by those who are measured.
    package struct Deliveries: Sendable {
        package internal(set) var updates = 0
        /// Of their messages, without framing.
        package internal(set) var messageBytes = 0
        /// Updates of readers that will stop reading, and of churners.
        package internal(set) var otherUpdates = 0
        /// From the gateway's publication until we read it, in nanoseconds, by the wall clocks of
        /// both; of what `bench serve` publishes late, from when it was due. Without snapshots,
        /// which are as old as the last change.
        package internal(set) var ages = AgeHistogram()
        /// From the venue's event until we read it, by the venue's clock and ours.
        package internal(set) var eventAges = AgeHistogram()
        /// From a call until it had the present of all its topics, also before the measurement.
        package internal(set) var beginnings = AgeHistogram()
        package internal(set) var snapshots = 0
        /// Events that `Gap`s named.
        package internal(set) var announced: UInt64 = 0

        package init() {}
    }

    package internal(set) var connections = 0
    package internal(set) var streams = 0
    /// Connections that do not read.
    package internal(set) var stopped = 0
    /// Until all were connected and current.
    package internal(set) var connectSeconds = 0.0
    /// Of the measurement.
    package internal(set) var seconds = 0.0
    /// From the cut of all until all were current; nil: there was no storm, or not all came back.
    package internal(set) var stormSeconds: Double?
    package internal(set) var seen = Deliveries()
    package internal(set) var subscribes = 0
    package internal(set) var answered = 0
    package internal(set) var unsubscribes = 0
    package internal(set) var resumed = 0
    /// States that were rebuilt and compared with others', with `GetSnapshot`'s, and were wrong.
    package internal(set) var compared = 0
    package internal(set) var comparedWithSnapshots = 0
    package internal(set) var differences = 0
    /// States that were compared with the hash of `CaughtUp`, which only sessions are told; each
    /// that differs is a fault of its own, `hash_differs`, and not among `differences`.
    package internal(set) var comparedWithHashes = 0
    /// Everything that must not be, and how often it was.
    package internal(set) var faults: [String: Int] = [:]

    package init() {}

    package var isSound: Bool { faults.isEmpty }

    /// Members of a JSON object.
    package var json: String {
        let faults = faults.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
        let (ages, beginnings) = (seen.ages, seen.beginnings)
        return """
            "connections":\(connections),"streams":\(streams),"stopped":\(stopped),\
            "connect_seconds":\(connectSeconds),"seconds":\(seconds),\
            "storm_seconds":\(stormSeconds.map { "\($0)" } ?? "null"),\
            "updates":\(seen.updates),"message_bytes":\(seen.messageBytes),\
            "other_updates":\(seen.otherUpdates),\
            "p50_ms":\(ages.milliseconds(0.5)),"p99_ms":\(ages.milliseconds(0.99)),\
            "p999_ms":\(ages.milliseconds(0.999)),"largest_ms":\(ages.milliseconds(1)),\
            "event_p50_ms":\(seen.eventAges.milliseconds(0.5)),\
            "event_p99_ms":\(seen.eventAges.milliseconds(0.99)),\
            "begin_p50_ms":\(beginnings.milliseconds(0.5)),\
            "begin_p99_ms":\(beginnings.milliseconds(0.99)),\
            "snapshots":\(seen.snapshots),"announced_gaps":\(seen.announced),\
            "subscribes":\(subscribes),"answered":\(answered),"unsubscribes":\(unsubscribes),\
            "resumed":\(resumed),"compared":\(compared),\
            "compared_with_snapshots":\(comparedWithSnapshots),\
            "compared_with_hashes":\(comparedWithHashes),"differences":\(differences),\
            "faults":{\(faults.joined(separator: ","))}
            """
    }
}

extension AgeHistogram {
    /// To a microsecond; 0 when there is none.
    package func milliseconds(_ fraction: Double) -> Double {
        Double(quantile(fraction) / 1000) / 1000
    }
}
