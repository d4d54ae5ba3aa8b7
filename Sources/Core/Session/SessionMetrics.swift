internal import Base

/// What sessions count. Names are listed in the README's metric table.
package final class SessionMetrics {
    let open: Gauge
    let requests: Counter
    let refused: Counter
    let closed: Counter
    let limits: [SessionLimit: Counter]

    init(_ registry: MetricRegistry) {
        open = registry.gauge("penstock_sessions", help: "Sessions that are open.")
        requests = registry.counter(
            "penstock_session_requests_total", help: "Requests of sessions.")
        refused = registry.counter(
            "penstock_session_requests_refused_total",
            help: "Requests of sessions that were not met.")
        closed = registry.counter(
            "penstock_session_subscriptions_closed_total",
            help: "Subscriptions closed because their policy is to close when they are too slow.")
        limits = Dictionary(
            uniqueKeysWithValues: SessionLimit.allCases.map { limit in
                (
                    limit,
                    registry.counter(
                        "penstock_session_limits_reached_total",
                        help: "How often a limit of a session was reached, by limit.",
                        labels: [("limit", limit.rawValue)])
                )
            })
    }

    package func reached(_ limit: SessionLimit) { limits[limit]?.add() }
}
