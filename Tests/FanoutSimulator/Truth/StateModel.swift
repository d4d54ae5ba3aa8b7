import Core
import Schema
import Streams

/// One state topic as plain code expects it: what it would show if it published now, and what it
/// did show.
final class StateModel {
    let topic: StateTopic
    let isBook: Bool
    /// Changed together with the topic.
    var present: ShownState {
        didSet { if present != oldValue { hasChanged = true } }
    }
    /// Something is to be published by the end of the turn.
    private(set) var hasChanged = false
    /// The next position begins an epoch.
    var beginsEpoch = false
    /// Its levels were forgotten, which publishes nothing.
    var isForgotten = false
    private(set) var seen: Position

    convenience init(_ topic: StateTopic, _ truth: Truth) {
        self.init(topic, present: ShownState(status: topic.status), truth)
    }

    /// Goes on where a predecessor's topic stands; nil: nothing was shown there.
    convenience init(_ topic: StateTopic, after other: StateModel?, _ truth: Truth) {
        self.init(topic, present: other?.present ?? ShownState(status: topic.status), truth)
        isForgotten = other?.isForgotten ?? false
    }

    private init(_ topic: StateTopic, present: ShownState, _ truth: Truth) {
        (self.topic, self.present) = (topic, present)
        isBook = topic is BookTopic
        seen = topic.position
        truth.record(present, of: topic.name, at: seen)
    }

    /// Notes a position that was published since the last look.
    func observe(_ truth: Truth, _ judge: Judge, _ tally: inout Tally) {
        let position = topic.position
        guard position != seen else { return }
        tally.updates += 1
        if beginsEpoch {
            tally.epochs += 1
            judge.require(
                position.sequence == 1 && !truth.knows(topic.name, epoch: position.epoch),
                .sequence, "\(topic.name) begins an epoch at \(position)")
        } else {
            judge.require(
                position.epoch == seen.epoch && position.sequence == seen.sequence + 1, .sequence,
                "\(topic.name) went from \(seen) to \(position)")
            // A book that shows nothing new says nothing; a tick may be repeated by its venue.
            judge.require(
                hasChanged || !isBook, .sequence,
                "\(topic.name) published \(position) without a change")
        }
        (hasChanged, beginsEpoch, seen) = (false, false, position)
        truth.record(present, of: topic.name, at: position)
    }

    /// After the turn nothing is pending.
    func endTurn(_ truth: Truth, _ judge: Judge) {
        judge.require(
            !hasChanged && !beginsEpoch || isForgotten, .state,
            "\(topic.name) did not publish its change by the end of the turn")
    }
}
