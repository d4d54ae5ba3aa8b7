internal import Schema

/// Events of one topic, in the order of their sequences and without a hole.
public struct HistoryPage: Equatable, Sendable {
    /// Of all sequences here.
    public let epoch: UInt64
    /// Statuses and the venue's gaps included.
    public let events: [HistoryEvent]
    /// What of the range the gateway has lost; nil: nothing.
    public let gone: TopicGap?
    /// The oldest event that is held; `lastSequence` + 1 when none is.
    public let firstSequence: UInt64
    /// The newest event there was; 0 before the first.
    public let lastSequence: UInt64
    /// The rest of the range, to be asked for next; nil: this was all. It ends where the topic was
    /// when this page was made, unless the range had an end of its own.
    public let rest: HistoryRange?

    /// - Throws: `undecodable`, when the answer is none.
    init(
        _ response: GetHistoryResponse, of topic: String, in range: HistoryRange
    ) throws(PenstockError) {
        epoch = response.epoch ?? 0
        firstSequence = response.firstSequence ?? 0
        lastSequence = response.lastSequence ?? 0
        gone = response.gone.map { TopicGap($0) }
        var events: [HistoryEvent] = []
        events.reserveCapacity(response.events.count)
        for update in response.events { events.append(try HistoryEvent(update, of: topic)) }
        self.events = events
        guard let next = response.nextSequence else {
            rest = nil
            return
        }
        // A gateway that does not move on would be asked for ever.
        guard let last = events.last?.sequence, next > last else {
            throw .undecodable("the gateway's history of \(topic) goes on where it was")
        }
        var rest = range
        rest.epoch = response.epoch
        rest.start = .sequence(next)
        rest.lastSequence = range.lastSequence ?? response.lastSequence
        self.rest = rest
    }
}
