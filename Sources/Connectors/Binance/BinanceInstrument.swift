internal import Base
package import Market

/// Everything the machine knows about one instrument. Owned by the machine alone; a class only
/// because its book cannot be copied and arrays hold nothing that cannot.
package final class BinanceInstrument {
    /// What the book's snapshot waits for.
    enum SnapshotNeed: Equatable {
        case none
        case waiting
        case underWay(request: Int)
    }

    package let handle: Int
    package let symbol: Symbol
    /// As in requests: `BTCUSDT`.
    package let venueSymbol: String
    /// As in stream names: `btcusdt`.
    let streamSymbol: [UInt8]
    let connection: Int

    var sync: BookSync
    var tickIDs = SequenceGuard()
    var tradeIDs = SequenceGuard()
    var aggregateIDs = SequenceGuard()

    private(set) var tickStatus = FeedStatus.stale
    private(set) var bookStatus = FeedStatus.stale
    private(set) var tradeStatus = FeedStatus.stale
    private(set) var aggregateStatus = FeedStatus.stale

    /// Streams heard on the present connection, one bit each.
    var heard: UInt8 = 0
    /// When the venue confirmed the subscription on the present connection.
    var confirmedAt: Instant?
    var isListed = true
    /// Whether its subscription was refused, so that it is tried without others.
    var isRefusedAlone = false

    var snapshotNeed = SnapshotNeed.none
    var snapshotInterval: Duration
    var snapshotAskedAt: Instant?
    var bookLiveSince: Instant?
    var coverage = BinanceCoverage()

    init(
        handle: Int, symbol: Symbol, venueSymbol: String, connection: Int, limits: BinanceLimits
    ) {
        self.handle = handle
        self.symbol = symbol
        self.venueSymbol = venueSymbol
        self.connection = connection
        streamSymbol = Array(venueSymbol.lowercased().utf8)
        snapshotInterval = limits.snapshotIntervalMin
        sync = BookSync()
    }

    func hasHeard(_ stream: BinanceStream) -> Bool { heard & stream.bit != 0 }

    func status(of kind: TopicKind) -> FeedStatus {
        switch kind {
        case .tick: tickStatus
        case .book: bookStatus
        case .trade: tradeStatus
        case .aggregateTrade: aggregateStatus
        case .bench: .stale
        }
    }

    /// Remembers a status; appends the action if it is a change.
    @inline(__always)
    func set(
        _ kind: TopicKind, _ status: FeedStatus, _ reason: FeedReason,
        into out: inout [FeedAction]
    ) {
        guard self.status(of: kind) != status else { return }
        switch kind {
        case .tick: tickStatus = status
        case .book: bookStatus = status
        case .trade: tradeStatus = status
        case .aggregateTrade: aggregateStatus = status
        case .bench: return
        }
        out.append(.status(handle, kind, status, reason))
    }

    /// Nothing is heard any more: every topic is stale, the book starts over.
    func disconnected(
        _ reason: FeedReason, limits: BinanceLimits, into out: inout [FeedAction]
    ) {
        heard = 0
        confirmedAt = nil
        isRefusedAlone = false
        snapshotNeed = .none
        snapshotInterval = limits.snapshotIntervalMin
        bookLiveSince = nil
        sync.disconnected()
        for kind in [TopicKind.tick, .book, .trade, .aggregateTrade] {
            set(kind, .stale, reason, into: &out)
        }
    }

    /// When the book's next snapshot may be asked for.
    func snapshotDue(limits: BinanceLimits) -> Instant? {
        snapshotAskedAt.map { $0 + snapshotInterval }
    }

    /// A snapshot is asked for: the next one has to wait longer, unless the book stood for a while.
    func snapshotAsked(request: Int, at now: Instant, limits: BinanceLimits) {
        if snapshotAskedAt != nil {
            snapshotInterval = min(snapshotInterval + snapshotInterval, limits.snapshotIntervalMax)
        }
        snapshotAskedAt = now
        snapshotNeed = .underWay(request: request)
    }

    /// The book left its live state; forgives earlier troubles if it was live long enough.
    func bookFell(at now: Instant, limits: BinanceLimits) {
        if let since = bookLiveSince, now - since >= limits.snapshotIntervalReset {
            snapshotInterval = limits.snapshotIntervalMin
            snapshotAskedAt = nil
        }
        bookLiveSince = nil
    }
}
