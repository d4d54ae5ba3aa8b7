internal import Base
package import Schema
internal import Streams

/// The past of an event topic, a page at a time.
extension EventTopic {
    /// What was published so far of the wished range; says what of it is gone, and where the next
    /// page begins if this one is full.
    package func page(_ wish: HistoryWish) -> GetHistoryResponse {
        publishPending()
        let first = history.range.lowerBound
        var response = GetHistoryResponse(
            epoch: position.epoch, firstSequence: first, lastSequence: position.sequence)
        var reached = wish.start.map { sequence(before: $0) } ?? first &- 1
        var end = min(position.sequence, wish.lastSequence ?? .max)
        if let time = wish.endTime { end = min(end, sequence(before: time)) }
        if let lost = history.gap(after: reached), lost.lowerBound <= wish.lastSequence ?? .max {
            let last = min(lost.upperBound, wish.lastSequence ?? .max)
            response.gone = Gap(
                reason: .expired, fromSequence: lost.lowerBound, toSequence: last)
            reached = lost.upperBound
        }
        if !fill(&response, &reached, to: end, wish) { response.nextSequence = reached &+ 1 }
        return response
    }

    /// Leads on from `reached` to `end`, in pieces: the owner goes on meanwhile, and neither waits
    /// for a page nor copies anything because of it. False: there is more than the page takes, or
    /// what follows is gone by now, as the next page will say.
    private func fill(
        _ response: inout GetHistoryResponse, _ reached: inout UInt64, to end: UInt64,
        _ wish: HistoryWish
    ) -> Bool {
        var bytes = 0
        var read: [Event] = []
        while reached < end {
            read.removeAll(keepingCapacity: true)
            let countMax = min(Self.readMax, wish.eventsMax - response.events.count)
            let lost = history.read(after: reached, through: end, countMax: countMax, into: &read)
            if lost != nil || read.isEmpty { return false }
            for event in read {
                if !response.events.isEmpty, bytes + event.size > wish.bytesMax { return false }
                reached &+= 1
                response.events.append(update(of: event, sequence: reached, .all))
                bytes += event.size
            }
        }
        return true
    }

    /// What could be replayed now.
    package func replayInfo(named name: String) -> ReplayInfo {
        publishPending()
        let extent = history.extent
        return ReplayInfo(
            name: name, epoch: position.epoch, firstSequence: extent.sequences.lowerBound,
            lastSequence: position.sequence,
            firstTime: extent.firstTime.flatMap(Wire.time),
            lastTime: extent.lastTime.flatMap(Wire.time),
            events: UInt64(extent.sequences.count), bytes: UInt64(extent.bytes),
            eventsMax: UInt64(extent.countMax))
    }
}
