internal import Market
package import Schema
internal import Streams

/// The lines of `penstock watch --json`: one JSON object each, ending with a line feed. Decimals
/// are strings in plain notation, integers numbers, times nanoseconds since 1970.
package enum WatchLine {
    /// The merged state, complete; what `--state` prints after each update of a book or tick. For
    /// an event topic, and before the first snapshot, it says where the topic stands.
    package static func state(_ state: MergedState) -> [UInt8] {
        var line = head(state, base: nil)
        switch state.kind {
        case .book:
            line.append("bids", state.bids.levels)
            line.append("asks", state.asks.levels)
        case .tick:
            line.append("bid", state.tick.bidPrice)
            line.append("bid_quantity", state.tick.bidQuantity)
            line.append("ask", state.tick.askPrice)
            line.append("ask_quantity", state.tick.askQuantity)
        case .trade, .aggregateTrade, .bench:
            break
        }
        appendTimes(state.eventTime, state.receiveTime, state.publishTime, to: &line)
        return line.finished()
    }

    /// An update that `state` has just applied.
    /// - Parameter isMerged: `--state`: books and ticks as they are now instead of what changed.
    package static func update(
        _ update: Update, of state: MergedState, isMerged: Bool
    ) -> [UInt8] {
        switch update.payload {
        case .trade(let trade):
            return self.trade(trade, update, state)
        case .gap(let gap):
            var line = head(state, base: nil)
            line.append("gap") { appendGap(gap, to: &$0) }
            return line.finished()
        case .data(let data):
            var line = head(state, base: nil)
            line.append("bytes", UInt64(data.count))
            appendTimes(update.eventTime, update.receiveTime, update.publishTime, to: &line)
            return line.finished()
        case .tick, .book, .subscribed, .rejected, .control, nil:
            return isMerged || !state.kind.isState ? self.state(state) : change(update, state)
        }
    }

    private static func trade(
        _ wire: Schema.Trade, _ update: Update, _ state: MergedState
    ) -> [UInt8] {
        var line = head(state, base: nil)
        // `state` has applied the update, and with that checked its decimals.
        guard let trade = try? MergedTrade(wire) else { return line.finished() }
        line.append("id", trade.id)
        line.append("price", trade.price)
        line.append("quantity", trade.quantity)
        switch trade.side {
        case .buy: line.append("side", "buy")
        case .sell: line.append("side", "sell")
        case .unspecified: line.append("side", nil)
        }
        line.append("event_time", update.eventTime ?? 0)
        line.appendIfKnown("first_id", trade.firstID)
        line.appendIfKnown("last_id", trade.lastID)
        appendTimes(nil, update.receiveTime, update.publishTime, to: &line)
        return line.finished()
    }

    /// A snapshot or delta as it came: with `base` it is a delta, and what it does not name is
    /// unchanged.
    private static func change(_ update: Update, _ state: MergedState) -> [UInt8] {
        var line = head(state, base: update.baseSequence)
        switch update.payload {
        case .book(let book):
            line.append("bids", (try? MergedState.levels(book.bids)) ?? [])
            line.append("asks", (try? MergedState.levels(book.asks)) ?? [])
        case .tick(let change):
            guard let tick = try? MergedTick().merged(with: change) else { break }
            if let price = tick.bidPrice { line.append("bid", price) }
            if let quantity = tick.bidQuantity { line.append("bid_quantity", quantity) }
            if let price = tick.askPrice { line.append("ask", price) }
            if let quantity = tick.askQuantity { line.append("ask_quantity", quantity) }
        case .trade, .gap, .subscribed, .rejected, .data, .control, nil:
            break
        }
        appendTimes(update.eventTime, update.receiveTime, update.publishTime, to: &line)
        return line.finished()
    }

    private static func head(_ state: MergedState, base: UInt64?) -> JSONLine {
        var line = JSONLine()
        line.append("topic", state.topic)
        line.append("epoch", state.position?.epoch ?? 0)
        line.append("sequence", state.position?.sequence ?? 0)
        line.appendIfKnown("base", base)
        if state.kind.isState { line.append("venue_sequence", state.venueSequence ?? 0) }
        line.append("status", name(of: state.status))
        return line
    }

    /// A status that nobody has told is no promise: stale.
    package static func name(of status: Schema.Status) -> String {
        switch status {
        case .live: "live"
        case .resyncing: "resyncing"
        case .stale, .unspecified: "stale"
        }
    }

    private static func appendTimes(
        _ event: UInt64?, _ receive: UInt64?, _ publish: UInt64?, to line: inout JSONLine
    ) {
        line.appendIfKnown("event_time", event)
        line.appendIfKnown("receive_time", receive)
        line.appendIfKnown("publish_time", publish)
    }

    private static func appendGap(_ gap: Gap, to line: inout JSONLine) {
        switch gap.reason ?? .unspecified {
        case .venueLoss: line.append("reason", "venue_loss")
        case .expired: line.append("reason", "expired")
        case .newEpoch: line.append("reason", "new_epoch")
        case .unspecified: line.append("reason", "unspecified")
        }
        line.appendIfKnown("from_sequence", gap.fromSequence)
        line.appendIfKnown("to_sequence", gap.toSequence)
        line.appendIfKnown("from_id", gap.fromID)
        line.appendIfKnown("to_id", gap.toID)
    }
}
