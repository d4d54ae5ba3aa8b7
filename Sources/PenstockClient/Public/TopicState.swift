internal import Market
internal import Schema
internal import Streams

/// Whether what a topic shows may be believed now.
public enum TopicStatus: String, Hashable, Sendable, CaseIterable {
    /// Connected, complete and in sync with the venue.
    case live
    /// The venue's feed is down, the gateway is out of reach, or nothing has come yet: old.
    case stale
    /// Messages were lost on the way from the venue; the state is being rebuilt: not to be used.
    case resyncing

    init(_ status: Schema.Status?) {
        self =
            switch status {
            case .live: .live
            case .resyncing: .resyncing
            // A status that nobody has told is no promise.
            case .stale, .unspecified, nil: .stale
            }
    }
}

/// What is known of one topic after an update: an immutable value, all updates merged.
///
/// A book has `bids` and `asks`, a tick has `best…`; an event topic (trades) has neither, only its
/// position and status. The content is true while `isLive`.
public struct TopicState: Equatable, Sendable {
    package let merged: MergedState

    package init(_ merged: MergedState) { self.merged = merged }

    /// As it was subscribed.
    public var topic: String { merged.topic }

    public var status: TopicStatus { TopicStatus(merged.status) }

    /// Whether there is a state, and it is the venue's present one.
    public var isLive: Bool { merged.isLive }

    /// Whether a snapshot has arrived.
    public var hasData: Bool { merged.position != nil }

    /// One unbroken run of sequences of the topic; 0 before the first update.
    public var epoch: UInt64 { merged.position?.epoch ?? 0 }
    /// The last update within the epoch.
    public var sequence: UInt64 { merged.position?.sequence ?? 0 }
    /// The venue's own number of the last message in this state.
    public var venueSequence: UInt64? { merged.venueSequence }

    /// Highest price first.
    public var bids: PriceLevels { PriceLevels(merged.bids.levels) }
    /// Lowest price first.
    public var asks: PriceLevels { PriceLevels(merged.asks.levels) }

    /// Of a tick, or the best level of a book; nil: nobody bids, or nothing is known.
    public var bestBid: PriceLevel? {
        merged.kind == .tick
            ? PriceLevel(merged.tick.bidPrice, merged.tick.bidQuantity) : bids.first
    }
    public var bestAsk: PriceLevel? {
        merged.kind == .tick
            ? PriceLevel(merged.tick.askPrice, merged.tick.askQuantity) : asks.first
    }

    /// Nanoseconds since 1970, of the last update that said so: by the venue's clock, when the
    /// gateway's socket had it, when the gateway published it.
    public var eventTime: UInt64? { merged.eventTime }
    public var receiveTime: UInt64? { merged.receiveTime }
    public var publishTime: UInt64? { merged.publishTime }
}
