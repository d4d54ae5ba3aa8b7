internal import Base
internal import Market
internal import Runtime

/// The feed's metrics and log lines. Errors are counted all and logged at most once in ten seconds
/// a reason. Confined to the feed's loop.
final class BinanceReport {
    private let log = Log("feed")
    private let venue: String
    private let metrics: MetricRegistry
    private var reported = BinanceCounts()
    private var errors: [String: Counter] = [:]
    private var loggedAt: [String: Timestamp] = [:]
    private static let logInterval: Int64 = 10_000_000_000

    init(venue: String, metrics: MetricRegistry) {
        self.venue = venue
        self.metrics = metrics
    }

    func failed(_ error: FeedError, detail: String? = nil) {
        let reason = "\(error.label)"
        let counter =
            errors[reason]
            ?? metrics.counter(
                "penstock_feed_errors_total", help: "Messages and answers that were not used.",
                labels: [("venue", venue), ("reason", reason)])
        errors[reason] = counter
        counter.add()
        guard isDue(reason) else { return }
        log.warning(
            "a message was not used",
            [("venue", venue), ("error", detail ?? "\(error)"), ("count", "\(counter.value)")])
    }

    func changed(
        _ symbol: Symbol, _ kind: TopicKind, _ status: FeedStatus, _ reason: FeedReason
    ) {
        log.debug(
            "topic status changed",
            [
                ("topic", "\(kind.rawValue):\(venue):\(symbol)"), ("status", "\(status)"),
                ("reason", reason.rawValue),
            ])
    }

    func connecting(_ connection: Int, to endpoint: String) {
        log.debug(
            "feed connects",
            [("venue", venue), ("connection", "\(connection)"), ("peer", endpoint)])
    }

    func disconnected(_ connection: Int, _ reason: String) {
        guard isDue("connection \(connection)") else { return }
        log.warning(
            "feed lost its connection",
            [("venue", venue), ("connection", "\(connection)"), ("reason", reason)])
    }

    /// Adds what was counted since the last time.
    func update(_ counts: BinanceCounts) {
        guard counts != reported else { return }
        for stream in BinanceStream.allCases {
            let place = Int(stream.rawValue)
            add(
                "penstock_feed_messages_total", "Messages understood.",
                counts.messages[place] - reported.messages[place],
                ("stream", "\(stream.suffix)"))
        }
        add(
            "penstock_feed_repeats_total", "Events that were not newer than what was known.",
            counts.repeated - reported.repeated)
        add(
            "penstock_feed_trade_gaps_total", "Holes in trade ids.",
            counts.tradeGaps - reported.tradeGaps)
        add(
            "penstock_feed_resyncs_total", "Books that had to be rebuilt.",
            counts.resyncs - reported.resyncs)
        add(
            "penstock_feed_snapshots_total", "Snapshots asked for.",
            counts.snapshotsAsked - reported.snapshotsAsked)
        add(
            "penstock_feed_never_started_total", "Confirmed streams that stayed silent.",
            counts.neverStarted - reported.neverStarted)
        add(
            "penstock_feed_connections_lost_total", "Connections that ended or never opened.",
            counts.connectionsLost - reported.connectionsLost)
        add(
            "penstock_feed_requests_limited_total", "Answers with status 429 or 418.",
            counts.requestsLimited - reported.requestsLimited)
        reported = counts
    }

    private func add(
        _ name: String, _ help: String, _ amount: UInt64, _ label: (String, String)? = nil
    ) {
        if amount == 0 { return }
        metrics.counter(name, help: help, labels: [("venue", venue)] + (label.map { [$0] } ?? []))
            .add(amount)
    }

    private func isDue(_ subject: String) -> Bool {
        let now = Clock.timestamp()
        if let last = loggedAt[subject], now.nanoseconds - last.nanoseconds < Self.logInterval {
            return false
        }
        loggedAt[subject] = now
        return true
    }
}
