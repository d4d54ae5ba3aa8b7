internal import Base

/// One WebSocket connection as its venue's rules see it: when to dial, what may be sent, what waits
/// for a confirmation. Holds instruments by handle; their books and statuses are the machine's.
///
///     closed(retryAt) ── dial ──► opening(since) ── opened ──► open(since)
///           ▲                          │                          │
///           └───── closed, timed out, silent, too old ────────────┘
struct BinanceConnection: Sendable {
    enum State: Equatable, Sendable {
        case closed(retryAt: Instant)
        case opening(since: Instant)
        case open(since: Instant)
    }

    /// A SUBSCRIBE that was sent and not confirmed yet.
    struct Subscription: Equatable, Sendable {
        var id: Int64
        var instruments: [Int]
        var sentAt: Instant
    }

    var state: State
    var instruments: [Int] = []
    /// Instruments still to be subscribed, oldest first.
    var unsubscribed: [Int] = []
    /// Instruments the venue refused, to be tried one by one.
    var refused: [(instrument: Int, retryAt: Instant)] = []
    var subscriptions: [Subscription] = []
    /// The payload of the newest ping not answered yet: answering it answers those before.
    var pendingPong: [UInt8]?
    var heardAt: Instant
    var sends = SendBudget()
    var backoff = RetryBackoff()
    var hasData = false

    init(at now: Instant) {
        state = .closed(retryAt: now)
        heardAt = now
    }

    var isOpen: Bool {
        if case .open = state { true } else { false }
    }

    mutating func dialed(at now: Instant) {
        state = .opening(since: now)
        heardAt = now
    }

    mutating func opened(at now: Instant) {
        state = .open(since: now)
        heardAt = now
        hasData = false
        sends = SendBudget()
        pendingPong = nil
        subscriptions = []
        refused = []
        unsubscribed = instruments
    }

    mutating func closed(retryAt: Instant) {
        state = .closed(retryAt: retryAt)
        subscriptions = []
        unsubscribed = []
        refused = []
        pendingPong = nil
        hasData = false
    }

    /// Why the connection must be given up now, if it must.
    func verdict(at now: Instant, limits: BinanceLimits) -> FeedReason? {
        switch state {
        case .closed: nil
        case .opening(let since): now - since >= limits.connectTimeout ? .disconnected : nil
        case .open(let since):
            if now - heardAt >= limits.silenceMax {
                .disconnected
            } else {
                now - since >= limits.connectionAgeMax ? .plannedReconnect : nil
            }
        }
    }

    /// The instruments the next SUBSCRIBE should name; none if nothing is due or may be sent.
    /// Refused ones go alone, so that one bad name cannot take others with it.
    mutating func nextBatch(at now: Instant, limits: BinanceLimits) -> [Int] {
        guard isOpen else { return [] }
        for index in subscriptions.indices.reversed()
        where now - subscriptions[index].sentAt >= limits.acknowledgementTimeout {
            unsubscribed += subscriptions.remove(at: index).instruments
        }
        if !unsubscribed.isEmpty {
            guard sends.takeText(at: now) else { return [] }
            let batch = Array(unsubscribed.prefix(limits.instrumentsPerSubscribeMax))
            unsubscribed.removeFirst(batch.count)
            return batch
        }
        guard let due = refused.firstIndex(where: { $0.retryAt <= now }), sends.takeText(at: now)
        else { return [] }
        return [refused.remove(at: due).instrument]
    }

    mutating func nextPong(at now: Instant) -> [UInt8]? {
        guard isOpen, let payload = pendingPong, sends.takePong(at: now) else { return nil }
        pendingPong = nil
        return payload
    }

    /// The instruments a reply with this id is about; nil if it is none of ours.
    mutating func answered(id: Int64) -> [Int]? {
        guard let index = subscriptions.firstIndex(where: { $0.id == id }) else { return nil }
        return subscriptions.remove(at: index).instruments
    }
}
