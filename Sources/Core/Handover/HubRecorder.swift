package import Schema
internal import Streams

/// Tells all topics of a hub, piece by piece, to whoever is to replace it: first the histories
/// while topics still change, then, once they do not, how they stand and what was added.
package struct HubRecorder {
    private let hub: Hub
    private var remaining: [Topic] = []
    /// Of event topics, by number: the last sequence told.
    private var told: [UInt32: UInt64] = [:]
    private var isComplete = false

    package init(_ hub: Hub) { self.hub = hub }

    /// Begins to tell every topic that there is now; `complete`: with the state of state topics.
    package mutating func begin(complete: Bool) {
        hub.publishNow()
        isComplete = complete
        remaining = hub.allTopics
    }

    /// Nil: everything is told.
    package mutating func next() -> TopicRecord? {
        guard let topic = remaining.last else { return nil }
        guard let events = topic as? EventTopic else {
            remaining.removeLast()
            return isComplete ? topic.record() : topic.head
        }
        var record = events.record()
        let before = told[topic.number] ?? 0
        record.events = events.events(after: before)
        let reached = record.events.last?.sequence ?? before
        told[topic.number] = reached
        if record.events.isEmpty || reached >= topic.position.sequence { remaining.removeLast() }
        return record
    }
}
