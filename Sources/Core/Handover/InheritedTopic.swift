internal import Base
internal import Schema
internal import Streams

/// One topic as a predecessor has told it so far.
struct InheritedTopic {
    /// The latest record, without events.
    private(set) var record: TopicRecord
    /// Nil: no events were told.
    private(set) var ring: EventRing<EventTopic.Event>?

    init() { record = TopicRecord() }

    /// The next piece. Of events that were told before, nothing is taken twice; a hole means that
    /// the predecessor itself has forgotten what was before it.
    mutating func add(_ piece: TopicRecord, limits: HubLimits) {
        for update in piece.events {
            guard let sequence = update.sequence, sequence <= Topic.sequenceMax else { continue }
            if let ring, sequence < ring.next { continue }
            if ring?.next != sequence {
                ring = EventTopic.makeRing(limits, firstSequence: sequence)
            }
            let event = EventTopic.Event(update)
            ring?.append(event, bytes: event.size)
        }
        record = piece
        record.events = []
    }
}
