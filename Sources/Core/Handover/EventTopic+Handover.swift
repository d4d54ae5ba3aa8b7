internal import Base
internal import Market
internal import Schema
internal import Streams

extension EventTopic {
    /// Events told at once are bounded by number and by bytes; one is told however large it is.
    private static let historyCountMax = 512
    private static let historyBytesMax = 256 << 10

    /// The next events after a sequence, oldest first; empty if there are none.
    func events(after sequence: UInt64) -> [Update] {
        var updates: [Update] = []
        var bytes = 0
        var next = max(sequence &+ 1, history.range.lowerBound)
        while next <= position.sequence, updates.count < Self.historyCountMax,
            bytes < Self.historyBytesMax, let event = history[next]
        {
            var update = update(of: event, sequence: next, .all)
            (update.topic, update.epoch) = (nil, nil)
            updates.append(update)
            bytes += event.size
            next &+= 1
        }
        return updates
    }

    /// The newest id of the venue in the history; nil if there is none.
    var newestVenueID: UInt64? {
        var sequence = history.range.upperBound &- 1
        while let event = history[sequence] {
            if let id = event.venueIDs?.upperBound { return id }
            sequence &-= 1
        }
        return nil
    }

    /// Adds what another history has beyond this one, by the venue's ids, which are contiguous.
    func continueWith(_ other: EventRing<Event>) {
        var newest = newestVenueID
        for sequence in other.first..<other.next {
            guard let event = other[sequence], let ids = event.venueIDs else { continue }
            if let newest, ids.upperBound <= newest { continue }
            if let newest, ids.lowerBound > newest &+ 1 {
                gap(from: newest &+ 1, to: ids.lowerBound &- 1)
            }
            if case .gap? = event.payload {
                gap(from: max(ids.lowerBound, (newest ?? 0) &+ 1), to: ids.upperBound)
            } else {
                record(event)
            }
            newest = ids.upperBound
        }
    }
}

extension EventTopic.Event {
    init(_ update: Update) {
        payload = update.payload
        status = update.status
        eventTime = Wire.timestamp(update.eventTime)
        receiveTime = Wire.timestamp(update.receiveTime)
        publishTime = Wire.timestamp(update.publishTime)
    }

    /// As the ring counts it.
    var size: Int {
        guard case .data(let data)? = payload else { return MemoryLayout<Self>.stride }
        return MemoryLayout<Self>.stride + data.count
    }

    /// What of the venue's ids it stands for.
    fileprivate var venueIDs: ClosedRange<UInt64>? {
        switch payload {
        case .trade(let trade): trade.id.map { $0...$0 }
        case .gap(let gap):
            if let from = gap.fromID, let to = gap.toID, from <= to { from...to } else { nil }
        default: nil
        }
    }
}
