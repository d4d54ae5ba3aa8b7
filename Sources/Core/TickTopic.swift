package import Base
package import Market
internal import Schema
package import Streams

/// Best bid and ask of one instrument. Every field remembers the sequence at which it last
/// changed, so a delta from any base of the epoch is four comparisons.
package final class TickTopic: StateTopic {
    private var tick: Market.Tick?
    private var stamps = TickStamps()

    package override var hasState: Bool { tick != nil }

    /// A new best bid and ask; the topic is live from now on. One whose numbers cannot be told
    /// exactly in one message is nonsense: it is refused, and the topic is stale.
    package func apply(
        _ fresh: Market.Tick, venueSequence: UInt64, eventTime: Timestamp, receiveTime: Timestamp
    ) {
        guard Self.canTell(fresh) else { return setStatus(.stale) }
        let sequence = pendingSequence
        if let old = tick {
            if fresh.bidPrice != old.bidPrice { stamps.bidPrice = sequence }
            if fresh.bidQuantity != old.bidQuantity { stamps.bidQuantity = sequence }
            if fresh.askPrice != old.askPrice { stamps.askPrice = sequence }
            if fresh.askQuantity != old.askQuantity { stamps.askQuantity = sequence }
        } else {
            stamps = TickStamps(all: sequence)
        }
        tick = fresh
        stamp(venueSequence: venueSequence, eventTime: eventTime, receiveTime: receiveTime)
        setStatus(.live)
        markDirty()
    }

    /// Whether its numbers can be told exactly in one message.
    private static func canTell(_ tick: Market.Tick) -> Bool {
        Wire.share(tick.bidPrice, tick.askPrice)
            && Wire.share(tick.bidQuantity, tick.askQuantity)
    }

    // MARK: Handover

    override func write(to record: inout TopicRecord) {
        guard let tick else { return }
        record.tick = TickRecord(
            tick: Wire.tick(tick, .all), bidPriceSequence: stamps.bidPrice,
            bidQuantitySequence: stamps.bidQuantity, askPriceSequence: stamps.askPrice,
            askQuantitySequence: stamps.askQuantity)
    }

    override func restore(_ record: TopicRecord) -> Bool {
        guard let told = record.tick else {
            tick = nil
            return true
        }
        guard let fresh = told.tick.flatMap(Wire.tick), Self.canTell(fresh) else { return false }
        tick = fresh
        stamps = TickStamps(
            bidPrice: told.bidPriceSequence ?? 0, bidQuantity: told.bidQuantitySequence ?? 0,
            askPrice: told.askPriceSequence ?? 0, askQuantity: told.askQuantitySequence ?? 0)
        return true
    }

    /// What this process heard itself is applied if it is newer.
    override func adopt(_ inherited: InheritedTopic) -> Bool {
        let own = tick.map { ($0, venueSequence, eventTime, receiveTime) }
        guard super.adopt(inherited) else { return false }
        if let (tick, sequence, eventTime, receiveTime) = own, sequence > venueSequence {
            apply(
                tick, venueSequence: sequence, eventTime: eventTime, receiveTime: receiveTime)
        }
        return true
    }

    // MARK: On other loops

    override func content(since base: UInt64?) -> TopicChange.Content {
        tick.map { .tick($0, stamps) } ?? .nothing
    }

    override func follow(_ content: TopicChange.Content) {
        switch content {
        case .nothing: tick = nil
        case .tick(let fresh, let freshStamps): (tick, stamps) = (fresh, freshStamps)
        case .levels, .book: preconditionFailure("\(name) has no levels")
        }
    }

    // MARK: Payloads

    package override var fieldNames: FieldSet.Names { .tick }

    override var filterValues: FilterValues { tick.map { FilterValues($0) } ?? FilterValues() }

    override func add(_ fields: FieldSet, to hash: inout StateHash) {
        guard let tick else { return }
        if fields.contains(.bidPrice) { hash.add("bid_price", tick.bidPrice) }
        if fields.contains(.bidQuantity) { hash.add("bid_quantity", tick.bidQuantity) }
        if fields.contains(.askPrice) { hash.add("ask_price", tick.askPrice) }
        if fields.contains(.askQuantity) { hash.add("ask_quantity", tick.askQuantity) }
    }

    override func snapshotPayload(_ fields: FieldSet) -> Payload? {
        tick.map { .tick(Wire.tick($0, fields)) }
    }

    override func deltaPayload(since base: UInt64, _ fields: FieldSet) -> Payload?? {
        guard let tick else { return .some(nil) }
        var changed = FieldSet()
        if stamps.bidPrice > base { changed.insert(.bidPrice) }
        if stamps.bidQuantity > base { changed.insert(.bidQuantity) }
        if stamps.askPrice > base { changed.insert(.askPrice) }
        if stamps.askQuantity > base { changed.insert(.askQuantity) }
        changed.formIntersection(fields)
        return .some(changed.isEmpty ? nil : .tick(Wire.tick(tick, changed)))
    }
}
