internal import Base
internal import Streams

/// What was made in this turn to catch a subscriber up, for others of its audience who stand at
/// the same place: after a storm of reconnections, or when many could not be sent the same update,
/// one answer serves all of them. Forgotten when the turn ends. Confined to the hub's loop.
final class SharedCatchUps {
    private struct Key: Hashable {
        let audience: ObjectIdentifier
        let cursor: Subscription.Cursor
        let reached: Position
    }

    private struct Answer {
        /// Keeps its identifier from being another one's.
        let audience: Audience
        let catchUp: CatchUp
        let frames: [UInt8]
        var packed: [UInt8]?
        /// How many it has served.
        var takers = 1
    }

    private let bytesMax: Int
    private unowned let turn: any LoopTurn
    private var answers: [Key: Answer] = [:]
    private(set) var bytes = 0

    /// What an answer takes beside its frames.
    private static let answerBytes = 192
    /// Places for so many are kept from turn to turn.
    private static let capacityKept = 64

    init(bytesMax: Int, turn: any LoopTurn) { (self.bytesMax, self.turn) = (bytesMax, turn) }

    /// Appends frames that lead a row of `audience` from `cursor` to the present of a topic that
    /// has nothing to publish.
    func append(
        _ topic: Topic, from cursor: Subscription.Cursor, for audience: Audience,
        into frames: OutputBuffer
    ) -> CatchUp {
        // Events are not told beyond what the audience was; a state is the present one.
        let key = Key(
            audience: ObjectIdentifier(audience), cursor: cursor,
            reached: topic is StateTopic ? topic.position : audience.told)
        let metrics = topic.hub.metrics
        guard answers[key] == nil else {
            metrics.sharedCatchUps.add()
            return share(key, topic.hub, into: frames)
        }
        let catchUp = topic.appendCatchUp(from: cursor, for: audience, into: frames)
        guard !frames.isEmpty else { return catchUp }
        metrics.madeCatchUps.add()
        if catchUp.isShareable, reserve(frames.count + Self.answerBytes) {
            answers[key] = Answer(
                audience: audience, catchUp: catchUp, frames: frames.copyBytes())
        }
        return catchUp
    }

    private func reserve(_ size: Int) -> Bool {
        guard bytes + size <= bytesMax else { return false }
        if bytes == 0 { turn.atEndOfTurn { [unowned self] in forget() } }
        bytes += size
        return true
    }

    private func forget() {
        answers.removeAll(keepingCapacity: answers.count <= Self.capacityKept)
        bytes = 0
    }

    /// Compressed as soon as those who have taken it would have paid for that.
    private func share(_ key: Key, _ hub: Hub, into frames: OutputBuffer) -> CatchUp {
        guard var answer = answers[key] else { preconditionFailure("asked for what is not there") }
        answer.takers += 1
        defer { answers[key] = answer }
        frames.append(answer.frames)
        let audience = answer.audience
        guard audience.key.takesGzip, let compression = hub.compression else {
            return answer.catchUp
        }
        if answer.packed == nil {
            answer.packed = compression.pack(
                frames, messages: max(1, Int(answer.catchUp.events)), rows: answer.takers,
                &audience.missedWorth)?.copyBytes()
            bytes += answer.packed?.count ?? 0
        }
        if let packed = answer.packed {
            hub.metrics.savedByGzip.add(UInt64(frames.count - packed.count))
            frames.removeAll()
            frames.append(packed)
        }
        return answer.catchUp
    }
}

extension Topic {
    /// Appends frames that lead a row of `audience` on from `cursor`.
    final func catchUp(
        from cursor: Subscription.Cursor, for audience: Audience, into frames: OutputBuffer
    ) -> CatchUp {
        // Its position tells answers apart.
        publishPending()
        return hub.sharedCatchUps.append(self, from: cursor, for: audience, into: frames)
    }
}
