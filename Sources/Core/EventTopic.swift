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

    struct Event: Sendable {
        var payload: Payload?
        var status: Status?
        var eventTime: Timestamp
        var receiveTime: Timestamp
        var publishTime: Timestamp
    }

    /// Events read at once, so that the history is not locked while they are encoded.
    private static let readMax = 64

    var history: SharedHistory { identity.history }
    private var lastSequence: UInt64 = 0
    private let names: FieldSet.Names
    /// What was read last; empty between publications, its memory is kept.
    private var events: [Event] = []
    /// Messages that were appended for the latest news: events, and gaps however much they cover.
    private var appendedCount: UInt64 = 0

    init(_ identity: TopicIdentity, hub: Hub, fieldNames: FieldSet.Names = .trade) {
        identity.history.prepare(Self.makeRing(hub.limits, firstSequence: 1))
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
        let own = history.copy
        guard super.adopt(inherited) else { return false }
        if let told = inherited.ring, told.last == position.sequence {
            history.replace(with: told)
        } else {
            // What was not told is a gap for those who ask for it.
            history.replace(
                with: Self.makeRing(hub.limits, firstSequence: position.sequence &+ 1))
        }
        lastSequence = position.sequence
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

    package func append(_ data: [UInt8]) {
        append(.data(data), eventTime: .unknown, receiveTime: .unknown)
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
        lastSequence = history.append(event)
        markDirty()
    }

    // MARK: Publishing

    override func commit(at now: Timestamp) -> Position? {
        let before = position
        position.sequence = lastSequence
        return before
    }

    /// A paced audience gets what came since its last tick in pieces of a bounded size.
    override func appendNews(for audience: Audience, into frames: OutputBuffer) -> Position? {
        let bytesMax = audience.key.rate == nil ? Int.max : Self.catchUpBytesMax
        appendedCount = 0
        let reached = append(
            after: audience.told.sequence, to: position.sequence, audience.key, bytesMax: bytesMax,
            into: frames)
        return Position(epoch: position.epoch, sequence: reached)
    }

    override var newsCount: UInt64 { appendedCount }

    /// Returns the last sequence appended. Nothing of `(after, result]` is left out silently.
    private func append(
        after: UInt64, to last: UInt64, _ key: Audience.Key, bytesMax: Int,
        into frames: OutputBuffer
    ) -> UInt64 {
        var reached = after
        while reached < last, frames.count < bytesMax {
            let lost = history.read(
                after: reached, through: last, countMax: Self.readMax, into: &events)
            if let lost {
                append(lost, key, into: frames)
                appendedCount &+= 1
                reached = lost.upperBound
            }
            for event in events where frames.count < bytesMax {
                reached &+= 1
                appendedCount &+= 1
                update(of: event, sequence: reached, key.fields)
                    .encodeFramed(key.codec, into: frames)
            }
            events.removeAll(keepingCapacity: true)
        }
        return reached
    }

    private func append(
        _ lost: ClosedRange<UInt64>, _ key: Audience.Key, into frames: OutputBuffer
    ) {
        var update = Update(topic: number, epoch: position.epoch, sequence: lost.upperBound)
        update.baseSequence = lost.lowerBound &- 1
        update.payload = .gap(
            Gap(reason: .expired, fromSequence: lost.lowerBound, toSequence: lost.upperBound))
        update.encodeFramed(key.codec, into: frames)
        hub.metrics.gaps.add()
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

    package override func canResume(from wanted: Position) -> Bool {
        wanted.epoch == position.epoch && wanted.sequence <= position.sequence
            && history.gap(after: wanted.sequence) == nil
    }

    override func startingPoint(
        resumeAt wanted: Position?, _ start: SubscriptionOptions.Start?
    ) -> StartingPoint {
        guard let wanted else {
            let first = start == .latest ? newestEvent() : position.sequence &+ 1
            let cursor = Position(epoch: position.epoch, sequence: first &- 1)
            return StartingPoint(cursor: .at(cursor), follows: .events, firstSequence: first)
        }
        guard wanted.epoch == position.epoch, wanted.sequence <= position.sequence else {
            return StartingPoint(
                cursor: .lostEpoch, follows: .gap, firstSequence: position.sequence &+ 1)
        }
        let lost = history.gap(after: wanted.sequence)
        return StartingPoint(
            cursor: .at(wanted), follows: lost == nil ? .events : .gap,
            firstSequence: (lost?.upperBound ?? wanted.sequence) &+ 1)
    }

    /// Sequence of the newest entry that is not about the status, if it is among the last few.
    private func newestEvent() -> UInt64 {
        var sequence = position.sequence
        for _ in 0..<Self.statusEntriesMax {
            guard let event = history[sequence] else { break }
            if event.payload != nil { return sequence }
            sequence &-= 1
        }
        return position.sequence &+ 1
    }

    /// Statuses change seldom: this many in a row mean that there is no event worth showing.
    private static let statusEntriesMax = 64

    override func isServed(_ cursor: Subscription.Cursor, in audience: Audience) -> Bool {
        guard case .at(let reached) = cursor, reached.epoch == position.epoch else { return false }
        return reached.sequence >= audience.told.sequence
    }

    override func isTooFar(_ cursor: Subscription.Cursor) -> Bool {
        guard case .at(let reached) = cursor, reached.epoch == position.epoch else { return false }
        return history.gap(after: reached.sequence) != nil
    }

    override func appendCatchUp(
        from cursor: Subscription.Cursor, for audience: Audience, into frames: OutputBuffer
    ) -> CatchUp {
        publishPending()
        switch cursor {
        case .at(let reached) where reached.epoch == position.epoch:
            // Not beyond what the audience was told: the next tick brings the rest to all.
            let sequence = append(
                after: reached.sequence, to: audience.told.sequence, audience.key,
                bytesMax: Self.catchUpBytesMax, into: frames)
            return CatchUp(
                cursor: .at(Position(epoch: position.epoch, sequence: sequence)),
                isComplete: sequence >= audience.told.sequence)
        case .at, .nothing, .lostEpoch:
            var update = Update(
                topic: number, epoch: position.epoch, sequence: position.sequence)
            update.payload = .gap(Gap(reason: .newEpoch))
            update.encodeFramed(audience.key.codec, into: frames)
            hub.metrics.gaps.add()
            return CatchUp(cursor: .at(position), isComplete: true)
        }
    }
}
