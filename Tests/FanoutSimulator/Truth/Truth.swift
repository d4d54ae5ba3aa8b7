import Schema
import Streams

/// What every topic showed at every position, written down by plain code when it was published.
final class Truth {
    private var states: [String: [Position: ShownState]] = [:]
    private var events: [String: [UInt64: [ShownEvent]]] = [:]

    /// Books that may have forgotten what they removed.
    private(set) var forgetful: Set<String> = []

    func mayForget(_ topic: String) { forgetful.insert(topic) }

    func state(of topic: String, at position: Position) -> ShownState? {
        states[topic]?[position]
    }

    func record(_ state: ShownState, of topic: String, at position: Position) {
        states[topic, default: [:]][position] = state
    }

    func knows(_ topic: String, epoch: UInt64) -> Bool {
        states[topic]?.keys.contains { $0.epoch == epoch } ?? false
    }

    /// Entries are numbered from 1.
    func event(of topic: String, at position: Position) -> ShownEvent? {
        guard let list = events[topic]?[position.epoch], position.sequence > 0,
            position.sequence <= list.count
        else { return nil }
        return list[Int(position.sequence) - 1]
    }

    private(set) var eventCount = 0

    func append(_ event: ShownEvent, to topic: String, epoch: UInt64) {
        eventCount += 1
        events[topic, default: [:]][epoch, default: []].append(event)
    }

    /// The sequence of the newest entry; 0: none.
    func last(of topic: String, epoch: UInt64) -> UInt64 {
        UInt64(events[topic]?[epoch]?.count ?? 0)
    }
}
