internal import Base
package import Schema
internal import Streams

/// The past of an event topic, a page at a time.
extension EventTopic {
    /// What was published so far of the wished range; says what of it is gone, and where the next
    /// page begins if this one is full.
    package func page(_ wish: HistoryWish) -> GetHistoryResponse {
        publishPending()
        // The owner goes on meanwhile.
        let ring = history.copy
        var response = GetHistoryResponse(
            epoch: position.epoch, firstSequence: ring.first, lastSequence: position.sequence)
        var reached = wish.start.map { sequence(before: $0) } ?? ring.first &- 1
        var end = min(position.sequence, wish.lastSequence ?? .max)
        if let time = wish.endTime { end = min(end, sequence(before: time)) }
        if let lost = ring.gap(after: reached), lost.lowerBound <= wish.lastSequence ?? .max {
            let last = min(lost.upperBound, wish.lastSequence ?? .max)
            response.gone = Gap(
                reason: .expired, fromSequence: lost.lowerBound, toSequence: last)
            reached = lost.upperBound
        }
        var bytes = 0
        while reached < end, let event = ring[reached &+ 1] {
            let isFull = response.events.count == wish.eventsMax
            if isFull || !response.events.isEmpty && bytes + event.size > wish.bytesMax {
                response.nextSequence = reached &+ 1
                break
            }
            reached &+= 1
            response.events.append(update(of: event, sequence: reached, .all))
            bytes += event.size
        }
        return response
    }

    /// What could be replayed now.
    package func replayInfo(named name: String) -> ReplayInfo {
        publishPending()
        let ring = history.copy
        return ReplayInfo(
            name: name, epoch: position.epoch, firstSequence: ring.first,
            lastSequence: position.sequence,
            firstTime: ring[ring.first].flatMap { Wire.time($0.publishTime) },
            lastTime: ring[ring.last].flatMap { Wire.time($0.publishTime) },
            events: UInt64(ring.count), bytes: UInt64(ring.bytes),
            eventsMax: UInt64(ring.countMax))
    }
}
