package import Base

/// What the hub of one loop counts. Names are listed in the README's metric table.
package final class HubMetrics {
    package let topics: Gauge
    package let subscriptions: Gauge
    let audiences: Gauge
    package let updates: Counter
    /// Of the histories of all event topics, and events that went so that they fit.
    let historyBytes: Gauge
    let cutEvents: Counter
    package let sessions: SessionMetrics
    /// Of venue's event until we received it, and until it was published.
    let received: Histogram
    let published: Histogram

    // Of this loop.
    package let deliveries: Counter
    package let deliveredBytes: Counter
    package let gaps: Counter
    let conflated: Counter
    let savedByDelta: Counter
    let savedByCodec: Counter
    let savedByGzip: Counter
    let compression: CompressionMetrics
    /// Catch-ups that were made, and such as another one's bytes were good for.
    let madeCatchUps: Counter
    package let caughtUpBytes: Counter
    let sharedCatchUps: Counter
    let behind: Gauge
    let oldestBehind: Gauge
    /// Of the publication until the sends of the loop's turn are done.
    let sent: Histogram

    /// - Parameter loop: number of the hub's loop.
    init(_ registry: MetricRegistry, loop: Int) {
        sessions = SessionMetrics(registry)
        topics = registry.gauge("penstock_topics", help: "Topics that exist.")
        subscriptions = registry.gauge(
            "penstock_subscriptions", help: "Subscriptions of all sessions.")
        audiences = registry.gauge(
            "penstock_audiences",
            help: "Groups of subscriptions of a topic that share their frames, on all loops.")
        historyBytes = registry.gauge(
            "penstock_history_bytes",
            help: "Memory that the past events of all topics take; looked up each second.")
        cutEvents = registry.counter(
            "penstock_history_cut_events_total",
            help: "Past events given up because the memory for them was nearly used up.")
        updates = registry.counter(
            "penstock_topic_updates_total", help: "Updates published by topics.")
        func stage(_ name: String) -> Histogram {
            registry.histogram(
                "penstock_latency_seconds",
                help: "Age of an update at the end of a stage, from the end of the one before.",
                labels: [("loop", "\(loop)"), ("stage", name)])
        }
        received = stage("receive")
        published = stage("publish")
        sent = stage("send")
        func counter(
            _ name: String, _ help: String, _ labels: [(String, String)] = []
        ) -> Counter {
            registry.counter(
                name, help: help, labels: labels + [("loop", "\(loop)")])
        }
        deliveries = counter(
            "penstock_fanout_deliveries_total", "Live frames taken by subscribers.")
        deliveredBytes = counter(
            "penstock_fanout_delivered_bytes_total", "Bytes of live frames taken.")
        gaps = counter(
            "penstock_fanout_gaps_total", "Gaps announced to subscribers who fell behind.")
        conflated = counter(
            "penstock_fanout_conflated_total",
            "Updates that were not sent by themselves: a later one said it all.")
        let saved = "Bytes that were not sent; by delta and codec estimated from one frame in 64."
        savedByDelta = counter("penstock_fanout_saved_bytes_total", saved, [("by", "delta")])
        savedByCodec = counter("penstock_fanout_saved_bytes_total", saved, [("by", "codec")])
        savedByGzip = counter("penstock_fanout_saved_bytes_total", saved, [("by", "gzip")])
        compression = CompressionMetrics(registry, loop: loop)
        let catchUps = "Times that a subscriber was caught up, by where the bytes are from."
        func caughtUp(_ source: String) -> Counter {
            counter("penstock_fanout_catch_ups_total", catchUps, [("source", source)])
        }
        (madeCatchUps, sharedCatchUps) = (caughtUp("made"), caughtUp("shared"))
        caughtUpBytes = counter(
            "penstock_fanout_catch_up_bytes_total",
            "Bytes that subscribers took to be caught up, beside live frames.")
        behind = registry.gauge(
            "penstock_fanout_behind_subscriptions",
            help: "Subscriptions that wait for room in their stream.",
            labels: [("loop", "\(loop)")])
        oldestBehind = registry.duration(
            "penstock_fanout_oldest_behind_seconds",
            help: "How long the session has waited that has waited longest; looked up each second.",
            labels: [("loop", "\(loop)")])
    }

    /// The ways of an update up to its publication, as far as its times are known.
    func stages(_ event: Timestamp, _ receive: Timestamp, _ publish: Timestamp) {
        guard receive != .unknown else { return }
        if event != .unknown { received.observe(receive.nanoseconds - event.nanoseconds) }
        published.observe(publish.nanoseconds - receive.nanoseconds)
    }
}
