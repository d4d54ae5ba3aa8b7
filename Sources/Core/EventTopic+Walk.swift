internal import Base
internal import Market
internal import Schema
internal import Streams

/// From the ring to frames.
extension EventTopic {
    /// Leads on to `last` at most. Nothing up to `walk.seen` is left out silently: what the ring
    /// has lost is a `Gap`, what the filter skipped is covered by the base of the next frame.
    func append(
        _ walk: inout EventWalk, to last: UInt64, _ key: Audience.Key, into frames: OutputBuffer
    ) {
        if walk.seen &+ 1 == last, frames.count < walk.bytesMax, let newest = event(newest: last) {
            return append(&walk, newest, key, into: frames)
        }
        while walk.seen < last, frames.count < walk.bytesMax {
            let lost = history.read(
                after: walk.seen, through: last, countMax: Self.readMax, into: &hub.readEvents)
            if let lost {
                walk.seen = lost.upperBound
                let gap = Gap(
                    reason: .expired, fromSequence: lost.lowerBound, toSequence: lost.upperBound)
                append(&walk, .gap(gap), key, into: frames)
                walk.gaps += 1
            }
            for event in hub.readEvents where frames.count < walk.bytesMax {
                append(&walk, event, key, into: frames)
            }
            hub.readEvents.removeAll(keepingCapacity: true)
        }
    }

    private func append(
        _ walk: inout EventWalk, _ event: Event, _ key: Audience.Key, into frames: OutputBuffer
    ) {
        walk.seen &+= 1
        if let filter = key.filter, !passes(filter, event) { return }
        var update = update(of: event, sequence: walk.seen, key.fields)
        if walk.sent &+ 1 != walk.seen { update.baseSequence = walk.sent }
        update.encodeFramed(key.codec, into: frames)
        walk.sent = walk.seen
        walk.messages += 1
        if event.status == nil { walk.events += 1 }
    }

    /// Says that nothing passed of what was looked at last, if that is so.
    func appendProgress(
        _ walk: inout EventWalk, _ key: Audience.Key, into frames: OutputBuffer
    ) {
        if walk.sent < walk.seen { append(&walk, nil, key, into: frames) }
    }

    /// A frame that covers all that was looked at.
    private func append(
        _ walk: inout EventWalk, _ payload: Payload?, _ key: Audience.Key,
        into frames: OutputBuffer
    ) {
        var update = Update(topic: number, epoch: position.epoch, sequence: walk.seen)
        update.baseSequence = walk.sent
        update.payload = payload
        update.encodeFramed(key.codec, into: frames)
        walk.sent = walk.seen
        walk.messages += 1
    }

    /// A filter selects trades; what is lost and what is to be doubted is told to everybody.
    private func passes(_ filter: FilterProgram, _ event: Event) -> Bool {
        guard case .trade(let trade)? = event.payload else { return true }
        return filter.passes(Wire.filterValues(trade))
    }
}
