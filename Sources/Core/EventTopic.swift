package import Base
package import Market
package import Schema
package import Streams

/// A topic whose subscribers want every event: trades, aggregate trades, benchmark payloads. The
/// ring is its history; every sequence arrives or is named by a `Gap`.
package final class EventTopic: Topic {
    /// Frames of one catch-up step are cut off here, so that one subscriber's history does not
    /// hold up the others of its connection.
    private static let catchUpBytesMax = 65536
    /// A helping ends at a multiple of it: so subscribers who were left behind at any place soon
    /// stand at the same ones, and one helping serves many.
    private static let helpingEvents: UInt64 = 256
    /// Likewise where a filter looks at them: a fraction of a millisecond.
    private static let filteredHelpingEvents: UInt64 = 4096

    struct Event: Sendable {
        var payload: Payload?
        var status: Status?
        var eventTime: Timestamp
        var receiveTime: Timestamp
        var publishTime: Timestamp
    }

    /// Events read at once, so that the history is not locked while they are encoded.
    static let readMax = 64

    let history: SharedHistory
    private var lastSequence: UInt64 = 0
    /// The last event that was recorded here, unless it was too large for the ring: most turns
    /// bring one, which is published without another look at the ring.
    private var newest: Event?
    private let names: FieldSet.Names
    /// Kept by the history budget.
    var placeInBudget = 0

    init(_ identity: TopicIdentity, hub: Hub, fieldNames: FieldSet.Names = .trade) {
        history = identity.history
        history.prepare(Self.makeRing(hub.limits, firstSequence: 1))
        names = fieldNames
        super.init(identity, hub: hub)
    }

    package override var fieldNames: FieldSet.Names { names }

    static func makeRing(_ limits: HubLimits, firstSequence: UInt64) -> EventRing<Event> {
        EventRing(
            countMax: limits.eventsPerTopicMax, bytesMax: limits.eventBytesPerTopicMax,
            firstSequence: firstSequence)
    }

    override func adopt(_ inherited: InheritedTopic) -> Bool {
        guard super.adopt(inherited) else { return false }
        var fresh = Self.makeRing(hub.limits, firstSequence: position.sequence &+ 1)
        // What was not told is a gap for those who ask for it.
        if let told = inherited.ring, told.last == position.sequence { fresh = told }
        let own = history.exchange(for: fresh)
        hub.historyBudget.changed(by: fresh.memory - own.memory)
        lastSequence = position.sequence
        newest = nil
        continueWith(own)
        return true
    }

    // MARK: Events

    package func append(_ trade: Market.Trade, eventTime: Timestamp, receiveTime: Timestamp) {
        setStatus(.live)
        append(.trade(Wire.trade(trade)), eventTime: eventTime, receiveTime: receiveTime)
    }

    /// The venue's ids `from` to `to`, inclusive, never reached us.
    package func gap(from: UInt64, to: UInt64) {
        append(
            .gap(Gap(reason: .venueLoss, fromID: from, toID: to)), eventTime: .unknown,
            receiveTime: .unknown)
    }

    /// - Parameter receiveTime: when it was due, if it is late.
    package func append(_ data: [UInt8], receiveTime: Timestamp = .unknown) {
        append(.data(data), eventTime: .unknown, receiveTime: receiveTime)
    }

    package override func setStatus(_ status: Status) {
        guard status != self.status else { return }
        self.status = status
        record(
            Event(
                payload: nil, status: status, eventTime: .unknown, receiveTime: .unknown,
                publishTime: hub.now()))
    }

    private func append(_ payload: Payload, eventTime: Timestamp, receiveTime: Timestamp) {
        let now = hub.now()
        hub.metrics.stages(eventTime, receiveTime, now)
        record(
            Event(
                payload: payload, status: nil, eventTime: eventTime, receiveTime: receiveTime,
                publishTime: now))
    }

    func record(_ event: Event) {
        let place = history.append(event)
        lastSequence = place.sequence
        newest = place.isKept ? event : nil
        markDirty()
        hub.historyBudget.changed(by: place.grownBy)
    }

    /// The last event of all, where it is at hand.
    func event(newest sequence: UInt64) -> Event? { sequence == lastSequence ? newest : nil }

    // MARK: Publishing

    override func commit() -> Position? {
        let before = position
        position.sequence = lastSequence
        // Where nothing came, somebody is to be told of the position all the same.
        let isOld = before == position
        publishTime = isOld ? hub.now() : newest?.publishTime ?? hub.now()
        return before
    }

    /// A paced audience gets what came since its last tick in pieces of a bounded size. A filtered
    /// one of which nothing passed for long is told so, or its positions would fall off the ring.
    override func appendNews(for audience: Audience, into frames: OutputBuffer) -> News? {
        let told = audience.told.sequence
        var walk = EventWalk(seen: max(told, audience.known), sent: told)
        walk.bytesMax = audience.key.rate == nil ? Int.max : Self.catchUpBytesMax
        append(&walk, to: position.sequence, audience.key, into: frames)
        audience.known = walk.seen
        if walk.sent == told, walk.seen &- told >= UInt64(max(1, history.reach / 4)) {
            appendProgress(&walk, audience.key, into: frames)
        }
        if walk.sent == told { return nil }
        return News(
            reached: Position(epoch: position.epoch, sequence: walk.sent),
            messages: walk.messages, gaps: walk.gaps)
    }

    override func append(
        _ stretch: Stretch, as key: Audience.Key, into frames: OutputBuffer
    ) {
        let told = stretch.from.sequence
        var walk = EventWalk(seen: max(told, stretch.known), sent: told)
        append(&walk, to: stretch.to.sequence, key, into: frames)
    }

    func update(of event: Event, sequence: UInt64, _ fields: FieldSet) -> Update {
        var update = Update(topic: number, epoch: position.epoch, sequence: sequence)
        update.eventTime = Wire.time(event.eventTime)
        update.receiveTime = Wire.time(event.receiveTime)
        update.publishTime = Wire.time(event.publishTime)
        update.status = event.status
        if fields != .all, case .trade(let trade)? = event.payload {
            update.payload = .trade(Wire.project(trade, fields))
        } else {
            update.payload = event.payload
        }
        return update
    }

    // MARK: Cursors

    package override func check(_ start: SubscriptionOptions.Start?) throws(TopicRefusal) {
        let next = history.range.upperBound
        guard case .sequence(let sequence)? = start, sequence > next else { return }
        throw TopicRefusal(
            .malformed,
            "sequence \(sequence) of \"\(name)\" is yet to come; allowed: 1 to \(next)")
    }

    package override func canResume(from wanted: Position) -> Bool {
        wanted.epoch == position.epoch && wanted.sequence <= position.sequence
            && history.gap(after: wanted.sequence) == nil
    }

    override func startingPoint(
        resumeAt wanted: Position?, _ start: SubscriptionOptions.Start?
    ) -> StartingPoint {
        let wanted = wanted ?? Position(epoch: position.epoch, sequence: sequence(before: start))
        guard wanted.epoch == position.epoch, wanted.sequence <= position.sequence else {
            return StartingPoint(
                cursor: .lostEpoch, follows: .gap, firstSequence: position.sequence &+ 1)
        }
        let lost = history.gap(after: wanted.sequence)
        return StartingPoint(
            cursor: .at(wanted), follows: lost == nil ? .events : .gap,
            firstSequence: (lost?.upperBound ?? wanted.sequence) &+ 1)
    }

    override func isServed(_ cursor: Subscription.Cursor, in audience: Audience) -> Bool {
        guard case .at(let reached) = cursor, reached.epoch == position.epoch else { return false }
        return reached.sequence >= audience.told.sequence
    }

    override func isTooFar(_ cursor: Subscription.Cursor, _ subscription: Subscription) -> Bool {
        guard case .at(let reached) = cursor, reached.epoch == position.epoch else { return false }
        return history.gap(after: reached.sequence) != nil
    }

    /// Not beyond what the audience was told: the next tick brings the rest to all. What the ring
    /// has lost is one gap, and does not count.
    override func catchUpGoal(
        from cursor: Subscription.Cursor, for audience: Audience
    ) -> (position: Position, lasts: Bool) {
        guard case .at(let reached) = cursor, reached.epoch == position.epoch else {
            return (audience.told, false)
        }
        let told = audience.told.sequence
        let gap = history.gap(after: reached.sequence)
        let start = gap?.upperBound ?? reached.sequence
        let step =
            audience.key.filter == nil ? Self.helpingEvents : Self.filteredHelpingEvents
        let goal = min(told, (start / step &+ 1) &* step)
        // Whoever was told that a gap follows gets one, though others may have had the events.
        return (Position(epoch: position.epoch, sequence: goal), goal < told && gap == nil)
    }

    override func appendCatchUp(
        from cursor: Subscription.Cursor, to goal: Position, for audience: Audience,
        into frames: OutputBuffer
    ) -> CatchUp {
        switch cursor {
        case .at(let reached) where reached.epoch == position.epoch:
            var walk = EventWalk(seen: reached.sequence, sent: reached.sequence)
            walk.bytesMax = Self.catchUpBytesMax
            append(&walk, to: goal.sequence, audience.key, into: frames)
            appendProgress(&walk, audience.key, into: frames)
            hub.metrics.gaps.add(walk.gaps)
            return CatchUp(
                cursor: .at(Position(epoch: position.epoch, sequence: walk.sent)),
                isComplete: walk.sent >= audience.told.sequence, events: walk.events,
                isShareable: walk.gaps == 0)
        case .at, .nothing, .lostEpoch:
            var update = Update(
                topic: number, epoch: position.epoch, sequence: position.sequence)
            update.payload = .gap(Gap(reason: .newEpoch))
            update.encodeFramed(audience.key.codec, into: frames)
            hub.metrics.gaps.add()
            return CatchUp(cursor: .at(position), isComplete: true, isShareable: false)
        }
    }
}
