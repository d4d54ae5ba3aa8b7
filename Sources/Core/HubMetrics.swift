package import Base

/// What the hub counts. Names are listed in the README's metric table.
package struct HubMetrics {
    package let topics: Gauge
    package let subscriptions: Gauge
    package let updates: Counter
    package let deliveries: Counter
    package let deliveredBytes: Counter
    package let gaps: Counter
    package let sessions: SessionMetrics

    init(_ registry: MetricRegistry) {
        sessions = SessionMetrics(registry)
        topics = registry.gauge("penstock_topics", help: "Topics that exist.")
        subscriptions = registry.gauge(
            "penstock_subscriptions", help: "Subscriptions of all sessions.")
        updates = registry.counter(
            "penstock_topic_updates_total", help: "Updates published by topics.")
        deliveries = registry.counter(
            "penstock_fanout_deliveries_total", help: "Live frames taken by subscribers.")
        deliveredBytes = registry.counter(
            "penstock_fanout_delivered_bytes_total", help: "Bytes of live frames taken.")
        gaps = registry.counter(
            "penstock_fanout_gaps_total", help: "Gaps announced to subscribers who fell behind.")
    }
}
