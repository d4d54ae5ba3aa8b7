internal import Market
package import Schema

/// One step of a subscription: a topic, its state now, and what brought it there.
public struct TopicUpdate: Equatable, Sendable {
    package enum Cause: Equatable, Sendable {
        /// As it came over the wire.
        case update(Update)
        /// Several at once.
        case several
        case status
        case gap(TopicGap)
        case rejected(RejectedTopic)
    }

    package let merged: MergedState
    package let cause: Cause
    /// Earlier updates of the topic that this one includes, because the consumer was busy.
    public internal(set) var skipped = 0

    package init(_ merged: MergedState, _ cause: Cause) {
        self.merged = merged
        self.cause = cause
    }

    /// As it was subscribed.
    public var topic: String { merged.topic }

    /// All updates so far, merged.
    public var state: TopicState { TopicState(merged) }

    public var status: TopicStatus { state.status }

    public var gap: TopicGap? { if case .gap(let gap) = change { gap } else { nil } }

    public var trade: TopicTrade? { if case .trade(let trade) = change { trade } else { nil } }

    /// Puts the wire's words together when asked: a loop that only needs `state` does not pay.
    public var change: TopicChange {
        switch cause {
        case .several: .whole
        case .status: .status
        case .gap(let gap): .gap(gap)
        case .rejected(let rejected): .rejected(TopicRejection(rejected))
        case .update(let update): change(by: update)
        }
    }

    private func change(by update: Update) -> TopicChange {
        switch update.payload {
        case .trade(let trade):
            // The state has applied the update, and with that checked its decimals.
            (try? MergedTrade(trade)).map { .trade(TopicTrade($0, eventTime: update.eventTime)) }
                ?? .status
        case .gap(let gap): .gap(TopicGap(gap))
        case .data(let data): .data(data)
        case .book(let book):
            update.baseSequence == nil
                ? .whole
                : .levels(
                    bids: PriceLevels((try? MergedState.levels(book.bids)) ?? []),
                    asks: PriceLevels((try? MergedState.levels(book.asks)) ?? []))
        case .tick: update.baseSequence == nil ? .whole : .tick
        case .subscribed, .rejected, .control, nil:
            update.baseSequence == nil && merged.kind.isState ? .whole : .status
        }
    }

    /// An event must arrive or be named by a gap; everything else may be replaced by what is newer.
    package var isEvent: Bool {
        guard case .update(let update) = cause, !merged.kind.isState else { return false }
        return update.payload != nil
    }
}
