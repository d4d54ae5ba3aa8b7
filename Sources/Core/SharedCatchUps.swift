internal import Base
internal import Streams

/// What was made to catch a subscriber up, for others of its audience who stand at the same place:
/// after a storm of reconnections, or when many could not be sent the same updates, one answer
/// serves all of them. What leads to the present is forgotten when the turn ends; what leads from
/// one past event to another stays true, and is kept for a second or so. Confined to the hub's
/// loop.
final class SharedCatchUps {
    private struct Key: Hashable {
        let audience: ObjectIdentifier
        let cursor: Subscription.Cursor
        let goal: Position
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

    private struct Shelf {
        var answers: [Key: Answer] = [:]
        var bytes = 0

        mutating func clear() {
            answers.removeAll(keepingCapacity: answers.count <= SharedCatchUps.capacityKept)
            bytes = 0
        }
    }

    private let bytesMax: Int
    private unowned let turn: any LoopTurn
    private var ofTurn = Shelf()
    private var lasting = Shelf()

    /// What an answer takes beside its frames.
    private static let answerBytes = 192
    /// Places for so many are kept from turn to turn.
    private static let capacityKept = 64

    init(bytesMax: Int, turn: any LoopTurn) { (self.bytesMax, self.turn) = (bytesMax, turn) }

    var bytes: Int { ofTurn.bytes + lasting.bytes }

    /// Appends frames that lead a row of `audience` on from `cursor`, to the topic's goal or less
    /// far. The topic has nothing to publish.
    func append(
        _ topic: Topic, from cursor: Subscription.Cursor, for audience: Audience,
        into frames: OutputBuffer
    ) -> CatchUp {
        assert(!topic.isDirty)
        let (goal, lasts) = topic.catchUpGoal(from: cursor, for: audience)
        let key = Key(audience: ObjectIdentifier(audience), cursor: cursor, goal: goal)
        let shelf = lasts ? \SharedCatchUps.lasting : \SharedCatchUps.ofTurn
        let metrics = topic.hub.metrics
        guard self[keyPath: shelf].answers[key] == nil else {
            metrics.sharedCatchUps.add()
            return share(key, on: shelf, topic.hub, into: frames)
        }
        let catchUp = topic.appendCatchUp(
            from: cursor, to: goal, for: audience, into: frames)
        guard !frames.isEmpty else { return catchUp }
        metrics.madeCatchUps.add()
        let size = frames.count + Self.answerBytes
        if catchUp.isShareable, makeRoom(for: size) {
            if !lasts, ofTurn.bytes == 0 {
                turn.atEndOfTurn { [unowned self] in ofTurn.clear() }
            }
            self[keyPath: shelf].bytes += size
            self[keyPath: shelf].answers[key] = Answer(
                audience: audience, catchUp: catchUp, frames: frames.copyBytes())
        }
        return catchUp
    }

    private func makeRoom(for size: Int) -> Bool {
        guard ofTurn.bytes + size <= bytesMax else { return false }
        if bytes + size > bytesMax { lasting.clear() }
        return true
    }

    /// To be called every second: who is behind has moved on.
    func forgetLasting() { lasting.clear() }

    /// Compressed as soon as those who have taken it would have paid for that.
    private func share(
        _ key: Key, on shelf: ReferenceWritableKeyPath<SharedCatchUps, Shelf>, _ hub: Hub,
        into frames: OutputBuffer
    ) -> CatchUp {
        guard var answer = self[keyPath: shelf].answers[key] else {
            preconditionFailure("asked for what is not there")
        }
        answer.takers += 1
        defer { self[keyPath: shelf].answers[key] = answer }
        frames.append(answer.frames)
        let audience = answer.audience
        guard audience.key.takesGzip, let compression = hub.compression else {
            return answer.catchUp
        }
        // What lasts may be forgotten for the present, but not this answer for its own packed form.
        let hasRoom =
            shelf == \.ofTurn ? makeRoom(for: frames.count) : bytes + frames.count <= bytesMax
        if answer.packed == nil, hasRoom {
            answer.packed = compression.pack(
                frames, messages: max(1, Int(answer.catchUp.events)), rows: answer.takers,
                &audience.missedWorth)?.copyBytes()
            self[keyPath: shelf].bytes += answer.packed?.count ?? 0
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
