import Schema
import Streams

/// What every topic showed at every position, written down by plain code when it was published.
final class Truth {
    private var states: [String: [Position: ShownState]] = [:]
    private var events: [String: [UInt64: [ShownEvent]]] = [:]

    /// Books that may have forgotten what they removed.
    private(set) var forgetful: Set<String> = []

    func mayForget(_ topic: String) { forgetful.insert(topic) }

    /// Before anything is published a topic shows nothing, on whatever loop it was named first.
    func state(of topic: String, at position: Position) -> ShownState? {
        states[topic]?[position] ?? (position.sequence == 0 ? ShownState() : nil)
    }

    func record(_ state: ShownState, of topic: String, at position: Position) {
        note(position.epoch, of: topic)
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

    /// The first of the events between two positions that a filter does not keep back.
    func firstPassing(
        _ filter: FilterModel?, of topic: String, epoch: UInt64, after first: UInt64,
        before end: UInt64
    ) -> UInt64? {
        guard first &+ 1 < end else { return nil }
        return (first + 1..<end).first { sequence in
            event(of: topic, at: Position(epoch: epoch, sequence: sequence))?.passes(filter)
                ?? true
        }
    }

    private(set) var eventCount = 0

    /// In the order in which they began.
    private var epochs: [String: [UInt64]] = [:]

    private func note(_ epoch: UInt64, of topic: String) {
        if epochs[topic]?.last != epoch { epochs[topic, default: []].append(epoch) }
    }

    /// Whether whoever is at `position` lacks something of what `other` has. Nothing is known of an
    /// epoch that nobody published in: a client made it up, or it is about to begin.
    func isOlder(_ position: Position, than other: Position, of topic: String) -> Bool {
        if position.epoch == other.epoch { return position.sequence < other.sequence }
        guard let list = epochs[topic], let mine = list.lastIndex(of: position.epoch),
            let others = list.lastIndex(of: other.epoch)
        else { return false }
        return mine < others
    }

    func append(_ event: ShownEvent, to topic: String, epoch: UInt64) {
        eventCount += 1
        note(epoch, of: topic)
        events[topic, default: [:]][epoch, default: []].append(event)
    }

    /// The sequence of the newest entry; 0: none.
    func last(of topic: String, epoch: UInt64) -> UInt64 {
        UInt64(events[topic]?[epoch]?.count ?? 0)
    }
}
