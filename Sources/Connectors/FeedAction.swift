package import Base
package import Market

/// What a venue's machine wants done, in this order. The first value of most is the instrument's
/// handle (`demand` gave it) or the connection's number.
package enum FeedAction: Equatable, Sendable {
    case tick(Int, Tick, venueSequence: UInt64)
    case trade(Int, Trade, eventTime: Timestamp)
    case aggregateTrade(Int, Trade, eventTime: Timestamp)
    /// Trades (or aggregate trades) with these ids happened and never came; both ends included.
    case tradeGap(Int, TopicKind, from: UInt64, through: UInt64)
    /// The instrument's book changed and is true at this venue sequence. Read it before the
    /// machine is fed again.
    case book(Int, venueSequence: UInt64, eventTime: Timestamp)
    case status(Int, TopicKind, FeedStatus, FeedReason)
    /// The venue's list is known and lacks this instrument.
    case unlisted(Int)
    /// The venue's list of instruments is new.
    case instrumentsChanged
    case openConnection(Int)
    /// Close with this WebSocket code; the machine already considers it closed.
    case closeConnection(Int, code: UInt16)
    case sendText(Int, [UInt8])
    case sendPong(Int, [UInt8])
    /// GET of this path; the answer goes to `responded` or `requestFailed` with the number.
    case get(request: Int, path: String)
}

/// Whether what a topic shows may be believed.
package enum FeedStatus: Equatable, Sendable {
    case live, stale, resyncing
}

/// Why a topic's status changed: a closed set, for logs and metrics.
package enum FeedReason: String, Equatable, Sendable, CaseIterable {
    /// Nothing was received yet.
    case connecting
    /// The venue confirmed the subscription.
    case subscribed
    /// Data came.
    case started
    /// Subscribed, but nothing came in time.
    case neverStarted = "never_started"
    /// Snapshot and updates joined without a hole.
    case synchronized
    /// Updates are being buffered until a snapshot fits.
    case awaitingSnapshot = "awaiting_snapshot"
    /// Updates were lost.
    case gap
    /// Bids and asks overlap: something was lost or wrong.
    case crossed
    /// A message of this book could not be read.
    case badMessage = "bad_message"
    /// The market moved away from the levels its snapshot had.
    case shallow
    case disconnected
    /// The venue's connections end after a day, or it announced its shutdown.
    case plannedReconnect = "planned_reconnect"
    case refused
    case unlisted
}
