internal import Base
package import Schema
package import Streams

/// A topic whose subscribers want the present state: tick, book. Conflates: whoever is behind gets
/// one delta from the position it has, or a snapshot if that is too old or of another epoch.
package class StateTopic: Topic {
    private(set) var venueSequence: UInt64 = 0
    private(set) var eventTime = Timestamp.unknown
    private(set) var receiveTime = Timestamp.unknown
    private var publishTime = Timestamp.unknown
    /// Sequence at which the status last changed.
    private var statusStamp: UInt64 = 0
    private var beginsEpoch = false

    /// The sequence that changes of this turn get when they are published.
    final var pendingSequence: UInt64 { beginsEpoch ? 1 : position.sequence &+ 1 }

    /// Whether there is any state to show yet.
    package var hasState: Bool { preconditionFailure("abstract") }

    /// The whole state; nil while there is none.
    func snapshotPayload() -> Payload? { preconditionFailure("abstract") }

    /// What changed after `base`: `.some(nil)` if nothing did, nil if `base` is too old.
    func deltaPayload(since base: UInt64) -> Payload?? { preconditionFailure("abstract") }

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

    final override func commit(at now: Timestamp) -> Position? {
        let before = position
        if beginsEpoch {
            beginsEpoch = false
            position = Position(epoch: hub.freshEpoch(), sequence: 1)
            statusStamp = 1
        } else {
            position = Position(epoch: before.epoch, sequence: before.sequence &+ 1)
        }
        publishTime = now
        return before
    }

    final override func appendCommitted(
        since before: Position, codec: Codec, into frames: OutputBuffer
    ) {
        appendState(since: before, codec: codec, into: frames)
    }

    /// The present state as one snapshot.
    package final func snapshot() -> Update {
        var update = header()
        update.status = status
        update.payload = snapshotPayload()
        return update
    }

    private func delta(since base: UInt64) -> Update? {
        guard let payload = deltaPayload(since: base) else { return nil }
        var update = header()
        update.baseSequence = base
        if statusStamp > base { update.status = status }
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

    private func appendState(since base: Position?, codec: Codec, into frames: OutputBuffer) {
        if let base, base.epoch == position.epoch, base.sequence <= position.sequence,
            let update = delta(since: base.sequence)
        {
            update.encodeFramed(codec, into: frames)
        } else {
            snapshot().encodeFramed(codec, into: frames)
        }
    }

    // MARK: Cursors

    package final override func canResume(from wanted: Position) -> Bool {
        wanted.epoch == position.epoch && wanted.sequence <= position.sequence
            && deltaPayload(since: wanted.sequence) != nil
    }

    final override func startingPoint(resumeAt wanted: Position?) -> Subscription.Cursor? {
        guard let wanted, canResume(from: wanted) else { return .nothing }
        return wanted == position ? nil : .at(wanted)
    }

    final override func appendCatchUp(
        from cursor: Subscription.Cursor, codec: Codec, into frames: OutputBuffer
    ) -> Subscription.Cursor {
        publishPending()
        switch cursor {
        case .at(let reached) where reached == position: break
        case .at(let reached): appendState(since: reached, codec: codec, into: frames)
        case .nothing, .lostEpoch: appendState(since: nil, codec: codec, into: frames)
        }
        return .at(position)
    }
}
