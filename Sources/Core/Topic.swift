internal import Base
package import Schema
package import Streams

/// The truth of one topic, and who listens to it.
///
/// Changes are applied as they come; at the end of the loop turn `publishPending()` gives them a
/// sequence, encodes one frame per codec and offers it to each row. Subclasses say what the state
/// or the events are. Confined to the hub's loop.
package class Topic {
    package let name: String
    /// What `Update.topic` says; fixed for the life of the process.
    package let number: UInt32
    /// Position of the last published update.
    package internal(set) var position: Position
    package internal(set) var status: Status = .stale
    unowned let hub: Hub
    private var audiences: [Audience] = []
    private var isDirty = false
    private let frames = OutputBuffer()

    init(name: String, number: UInt32, hub: Hub) {
        self.name = name
        self.number = number
        self.hub = hub
        position = Position(epoch: hub.freshEpoch(), sequence: 0)
    }

    package var subscriberCount: Int { audiences.reduce(0) { $0 + $1.count } }

    // MARK: What a kind of topic answers

    /// Whether `canResume` positions continue without a snapshot or a gap.
    package func canResume(from position: Position) -> Bool { preconditionFailure("abstract") }

    /// Where a new subscription begins.
    func startingPoint(resumeAt position: Position?) -> Subscription.Cursor? {
        preconditionFailure("abstract")
    }

    /// Appends frames that lead from `cursor` towards the present and returns how far they lead.
    func appendCatchUp(
        from cursor: Subscription.Cursor, codec: Codec, into frames: OutputBuffer
    ) -> Subscription.Cursor { preconditionFailure("abstract") }

    /// Makes pending changes part of the state under a new position. Returns the old one.
    func commit(at now: Timestamp) -> Position? { preconditionFailure("abstract") }

    /// Appends the frames of what the last `commit` published.
    func appendCommitted(since before: Position, codec: Codec, into frames: OutputBuffer) {
        preconditionFailure("abstract")
    }

    package func setStatus(_ status: Status) { preconditionFailure("abstract") }

    // MARK: Publishing

    func isCurrent(_ cursor: Subscription.Cursor) -> Bool { cursor == .at(position) }

    final func markDirty() {
        guard !isDirty else { return }
        isDirty = true
        hub.schedulePublication(of: self)
    }

    package final func publishPending() {
        guard isDirty else { return }
        isDirty = false
        guard let before = commit(at: hub.now()) else { return }
        hub.metrics.updates.add()
        for audience in audiences where !audience.isEmpty {
            appendCommitted(since: before, codec: audience.codec, into: frames)
            let delivered = frames.withSpan { audience.deliver($0, from: before) }
            if position.epoch == before.epoch, position.sequence &- before.sequence > 1 {
                audience.delivered(position.sequence - before.sequence)
            }
            hub.metrics.deliveries.add(UInt64(delivered))
            hub.metrics.deliveredBytes.add(UInt64(delivered * frames.count))
            frames.removeAll()
        }
        frames.release(above: 65536)
    }

    // MARK: Audience

    final func join(_ subscription: Subscription, from cursor: Subscription.Cursor?) {
        let codec = subscription.session.codec
        if let audience = audiences.first(where: { $0.codec == codec }) {
            audience.insert(subscription)
        } else {
            let audience = Audience(codec: codec)
            audiences.append(audience)
            audience.insert(subscription)
        }
        hub.metrics.subscriptions.add(1)
        subscription.cursor = cursor
        if cursor != nil { subscription.session.markBehind(subscription) }
    }

    final func leave(_ subscription: Subscription) {
        let codec = subscription.session.codec
        audiences.first { $0.codec == codec }?.remove(subscription)
        audiences.removeAll { $0.isEmpty }
        hub.metrics.subscriptions.add(-1)
    }

    /// The topic is no more: every subscriber is told why, and its row goes. Telling one may end
    /// sessions (a full queue), so all rows are taken out before anybody is told.
    final func dissolve(telling rejection: RejectedTopic) {
        var left: [(codec: Codec, sessions: [Session])] = []
        for audience in audiences {
            var leaving: [Subscription] = []
            audience.forEach { leaving.append($0) }
            left.append((audience.codec, leaving.map(\.session)))
            for subscription in leaving {
                leave(subscription)
                subscription.session.removed(subscription)
            }
        }
        let words = OutputBuffer()
        for (codec, sessions) in left {
            Update(topic: number, payload: .rejected(rejection)).encodeFramed(codec, into: words)
            for session in sessions { words.withSpan { session.tell($0) } }
            words.removeAll()
        }
    }
}
