internal import Base
package import Schema
package import Streams

/// A topic whose subscribers want the present state: tick, book. Conflates: whoever is behind gets
/// one delta from the position it has, or a snapshot if that is too old or of another epoch.
package class StateTopic: Topic {
    private(set) var venueSequence: UInt64 = 0
    private(set) var eventTime = Timestamp.unknown
    private(set) var receiveTime = Timestamp.unknown
    /// Sequence at which the status last changed.
    private var statusStamp: UInt64 = 0
    private var beginsEpoch = false
    /// See `hash(of:)`.
    final var lastHash: (position: Position, fields: FieldSet, hash: StateHash)?

    /// The sequence that changes of this turn get when they are published.
    final var pendingSequence: UInt64 { beginsEpoch ? 1 : position.sequence &+ 1 }

    /// Whether there is any state to show yet.
    package var hasState: Bool { preconditionFailure("abstract") }

    package final override var isState: Bool { true }

    /// What a filter sees of the state.
    var filterValues: FilterValues { preconditionFailure("abstract") }

    /// Adds the state's fields or levels to a hash; none while there is no state.
    func add(_ fields: FieldSet, to hash: inout StateHash) { preconditionFailure("abstract") }

    /// Those fields of the state; nil while there is none.
    func snapshotPayload(_ fields: FieldSet) -> Payload? { preconditionFailure("abstract") }

    /// What of those fields changed after `base`: `.some(nil)` if nothing did, nil if `base` is too
    /// old.
    func deltaPayload(since base: UInt64, _ fields: FieldSet) -> Payload?? {
        preconditionFailure("abstract")
    }

    // MARK: Handover

    /// Adds the state to a record.
    func write(to record: inout TopicRecord) { preconditionFailure("abstract") }

    /// Takes the state over from a record. False: it makes no sense; nothing changed.
    func restore(_ record: TopicRecord) -> Bool { preconditionFailure("abstract") }

    final override func record() -> TopicRecord {
        var record = head
        record.statusSequence = statusStamp
        record.venueSequence = venueSequence
        record.eventTime = Wire.time(eventTime)
        record.receiveTime = Wire.time(receiveTime)
        record.publishTime = Wire.time(publishTime)
        write(to: &record)
        return record
    }

    override func adopt(_ inherited: InheritedTopic) -> Bool {
        let record = inherited.record
        guard record.isSound, restore(record), super.adopt(inherited) else { return false }
        statusStamp = record.statusSequence ?? 0
        beginsEpoch = false
        stamp(
            venueSequence: record.venueSequence ?? 0,
            eventTime: Wire.timestamp(record.eventTime),
            receiveTime: Wire.timestamp(record.receiveTime))
        publishTime = Wire.timestamp(record.publishTime)
        return true
    }

    // MARK: On other loops

    /// The state with which another loop goes on from the sequence `base` of this epoch, or from
    /// anything.
    func content(since base: UInt64?) -> TopicChange.Content { preconditionFailure("abstract") }

    /// Takes that over.
    func follow(_ content: TopicChange.Content) { preconditionFailure("abstract") }

    final override func change(since before: Position?) -> TopicChange {
        var change = super.change(since: before)
        let isContinued = before?.epoch == position.epoch
        change.state = TopicChange.State(
            venueSequence: venueSequence, eventTime: eventTime, receiveTime: receiveTime,
            statusSequence: statusStamp,
            content: content(since: isContinued ? before?.sequence : nil))
        return change
    }

    final override func follow(_ change: TopicChange) {
        guard let state = change.state else { preconditionFailure("\(name) is a state topic") }
        stamp(
            venueSequence: state.venueSequence, eventTime: state.eventTime,
            receiveTime: state.receiveTime)
        statusStamp = state.statusSequence
        super.follow(change)
        follow(state.content)
    }

    // MARK: Changes

    final func stamp(venueSequence: UInt64, eventTime: Timestamp, receiveTime: Timestamp) {
        self.venueSequence = venueSequence
        self.eventTime = eventTime
        self.receiveTime = receiveTime
    }

    /// What is published next is a snapshot under a new epoch.
    final func beginEpoch() {
        beginsEpoch = true
        markDirty()
    }

    package final override func setStatus(_ status: Status) {
        guard status != self.status else { return }
        self.status = status
        statusStamp = pendingSequence
        markDirty()
    }

    // MARK: Publishing

    final override func commit() -> Position? {
        let (before, now) = (position, hub.now())
        if beginsEpoch {
            beginsEpoch = false
            position = Position(epoch: hub.freshEpoch(), sequence: 1)
            statusStamp = 1
        } else {
            position = Position(epoch: before.epoch, sequence: before.sequence &+ 1)
        }
        publishTime = now
        hub.metrics.stages(eventTime, receiveTime, now)
        return before
    }

    /// Without the filter: it passed, or there would be no news.
    final override func append(
        _ stretch: Stretch, as key: Audience.Key, into frames: OutputBuffer
    ) {
        var key = key
        key.filter = nil
        let probe = Audience(key: key, told: stretch.from)
        probe.known = stretch.known
        _ = appendNews(for: probe, into: frames)
    }

    /// Whoever wants all fields is told of every position; others of changes of their fields and of
    /// the status. A filter says when; what did not pass before comes along with what does.
    final override func appendNews(
        for audience: Audience, into frames: OutputBuffer
    ) -> News? {
        let key = audience.key
        var since = audience.known
        if let filter = key.filter {
            guard passes(filter, since: audience.told, audience.toldValues) else { return nil }
            audience.passed = position
            since = audience.told.sequence
        }
        if audience.told.epoch == position.epoch,
            let update = delta(since: since, base: audience.told.sequence, key.fields)
        {
            if key.fields != .all, update.payload == nil, update.status == nil { return nil }
            update.encodeFramed(key.codec, into: frames)
        } else {
            snapshot(key.fields).encodeFramed(key.codec, into: frames)
        }
        if let filter = key.filter, filter.measuresChange { audience.toldValues = filterValues }
        return News(reached: position)
    }

    /// Whether a filter lets the present state through to whoever was told `base`. What makes that
    /// void or doubtful always passes.
    private func passes(
        _ filter: FilterProgram, since base: Position, _ told: FilterValues?
    ) -> Bool {
        base.epoch != position.epoch || statusStamp > base.sequence
            || filter.passes(filterValues, since: told)
    }

    final override func makeAudience(_ key: Audience.Key) -> Audience {
        let audience = super.makeAudience(key)
        if let filter = key.filter, filter.measuresChange { audience.toldValues = filterValues }
        return audience
    }

    /// The present state as one snapshot.
    package final func snapshot(_ fields: FieldSet = .all) -> Update {
        var update = header()
        update.status = status
        update.payload = snapshotPayload(fields)
        return update
    }

    /// What changed after `known`, for whoever has the state of any sequence from `base` on.
    /// Nil: too old.
    private func delta(since known: UInt64, base: UInt64, _ fields: FieldSet) -> Update? {
        guard let payload = deltaPayload(since: known, fields) else { return nil }
        var update = header()
        update.baseSequence = base
        if statusStamp > known { update.status = status }
        update.payload = payload
        return update
    }

    private func header() -> Update {
        var update = Update(
            topic: number, epoch: position.epoch, sequence: position.sequence)
        update.eventTime = eventTime == .unknown ? nil : UInt64(eventTime.nanoseconds)
        update.receiveTime = receiveTime == .unknown ? nil : UInt64(receiveTime.nanoseconds)
        update.publishTime = publishTime == .unknown ? nil : UInt64(publishTime.nanoseconds)
        update.venueSequence = venueSequence == 0 ? nil : venueSequence
        return update
    }

    // MARK: Cursors

    package final override func canResume(from wanted: Position) -> Bool {
        wanted.epoch == position.epoch && wanted.sequence <= position.sequence
            && deltaPayload(since: wanted.sequence, .all) != nil
    }

    final override func startingPoint(
        resumeAt wanted: Position?, _ start: SubscriptionOptions.Start?
    ) -> StartingPoint {
        if let wanted, canResume(from: wanted) {
            return StartingPoint(cursor: .at(wanted), follows: .delta)
        }
        if wanted == nil, case .live? = start {
            return StartingPoint(cursor: .nothing, follows: .change, waits: true)
        }
        return StartingPoint(cursor: .nothing, follows: .snapshot)
    }

    final override func isServed(
        _ cursor: Subscription.Cursor, in audience: Audience
    ) -> Bool { cursor == .at(position) }

    package final override func check(_ start: SubscriptionOptions.Start?) throws(TopicRefusal) {
        switch start {
        case nil, .latest, .live: break
        case .sequence, .time, .count:
            throw TopicRefusal(
                .malformed,
                "\"\(name)\" is a state topic and keeps no past; allowed: START_LATEST, "
                    + "START_LIVE, or a position")
        }
    }

    /// What a filter or a rate withheld before it fell behind is nobody's slowness.
    final override func isTooFar(
        _ cursor: Subscription.Cursor, _ subscription: Subscription
    ) -> Bool {
        guard case .at(let reached) = cursor else { return false }
        let since = max(reached.sequence, subscription.behindSince)
        return reached.epoch != position.epoch
            || position.sequence > since && position.sequence - since > hub.limits.closeLagMax
    }

    final override func appendCatchUp(
        from cursor: Subscription.Cursor, to goal: Position, for audience: Audience,
        into frames: OutputBuffer
    ) -> CatchUp {
        let key = audience.key
        if case .at(let reached) = cursor, reached.epoch == position.epoch,
            reached.sequence <= position.sequence
        {
            if reached == position { return CatchUp(cursor: cursor, isComplete: true) }
            // Judged without knowing what this subscriber saw last, which withholds nothing that
            // the audience was told. Until something passes it is not behind.
            if let filter = key.filter, !passes(filter, since: reached, nil) {
                return CatchUp(cursor: cursor, isComplete: true)
            }
            let base = reached.sequence
            if let update = delta(since: base, base: base, key.fields) {
                if key.fields != .all, update.payload == nil, update.status == nil {
                    return CatchUp(cursor: cursor, isComplete: true)
                }
                update.encodeFramed(key.codec, into: frames)
                return CatchUp(cursor: .at(position), isComplete: true)
            }
        }
        snapshot(key.fields).encodeFramed(key.codec, into: frames)
        return CatchUp(cursor: .at(position), isComplete: true)
    }
}
