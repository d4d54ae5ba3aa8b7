internal import Base
package import Schema
package import Streams

/// The truth of one topic, and who listens to it.
///
/// Changes are applied as they come; at the end of the loop turn `publishPending()` gives them a
/// sequence, and tells each audience, now or when its rate allows: one frame is encoded and offered
/// to each row. Subclasses say what the state or the events are. Confined to the hub's loop.
package class Topic {
    let identity: TopicIdentity
    package var name: String { identity.name }
    /// What `Update.topic` says; fixed for the life of the process.
    package let number: UInt32
    /// Position of the last published update.
    package internal(set) var position: Position
    package internal(set) var status: Status = .stale
    /// Of the last publication.
    final var publishTime = Timestamp.unknown
    unowned let hub: Hub
    private var audiences = Audiences()
    private(set) var isDirty = false

    init(_ identity: TopicIdentity, hub: Hub) {
        self.identity = identity
        self.hub = hub
        number = identity.number
        position = Position(epoch: identity.firstEpoch, sequence: 0)
    }

    /// On all loops.
    package var subscriberCount: Int { Int(identity.subscriptions.value) }

    // MARK: What a kind of topic answers

    /// Subscribers want the present state, not every event.
    package var isState: Bool { false }

    /// Payload fields that a subscriber may choose from.
    package var fieldNames: FieldSet.Names { .none }

    /// Whether `canResume` positions continue without a snapshot or a gap.
    package func canResume(from position: Position) -> Bool { preconditionFailure("abstract") }

    /// Whether a subscription may begin so.
    package func check(_ start: SubscriptionOptions.Start?) throws(TopicRefusal) {
        preconditionFailure("abstract")
    }

    /// Where a new subscription begins.
    func startingPoint(
        resumeAt position: Position?, _ start: SubscriptionOptions.Start?
    ) -> StartingPoint {
        preconditionFailure("abstract")
    }

    /// What one helping leads a row of `audience` to from `cursor`, if nothing cuts it short.
    /// Lasts: the helping stays the same whatever is published meanwhile.
    func catchUpGoal(
        from cursor: Subscription.Cursor, for audience: Audience
    ) -> (position: Position, lasts: Bool) { (position, false) }

    /// Appends frames that lead a row of `audience` from `cursor` to that goal or less far. The
    /// topic has nothing to publish.
    func appendCatchUp(
        from cursor: Subscription.Cursor, to goal: Position, for audience: Audience,
        into frames: OutputBuffer
    ) -> CatchUp { preconditionFailure("abstract") }

    /// Whether a row of `audience` with that cursor lacks nothing until the audience is told more.
    func isServed(_ cursor: Subscription.Cursor, in audience: Audience) -> Bool {
        preconditionFailure("abstract")
    }

    /// Whether more was lost at `cursor` than a subscriber may lose who asked for all or nothing.
    func isTooFar(_ cursor: Subscription.Cursor, _ subscription: Subscription) -> Bool {
        preconditionFailure("abstract")
    }

    /// Makes pending changes part of the state under a new position, and notes when that was.
    /// Returns the old one.
    func commit() -> Position? { preconditionFailure("abstract") }

    /// Appends frames that lead the current rows of `audience` on. Nil and nothing appended:
    /// nothing changed that they want, up to the present.
    func appendNews(for audience: Audience, into frames: OutputBuffer) -> News? {
        preconditionFailure("abstract")
    }

    /// Appends what that news would be in the codec of `key`.
    func append(_ stretch: Stretch, as key: Audience.Key, into frames: OutputBuffer) {
        preconditionFailure("abstract")
    }

    func makeAudience(_ key: Audience.Key) -> Audience { Audience(key: key, told: position) }

    package func setStatus(_ status: Status) { preconditionFailure("abstract") }

    // MARK: On other loops

    /// What became of the topic since `before`, which is what the other loops have; nil: anything.
    func change(since before: Position?) -> TopicChange {
        TopicChange(
            topic: number, position: position, status: status, publishTime: publishTime)
    }

    /// Becomes what the topic is on the loop that owns it. The subscribers of this loop are told at
    /// the end of the turn.
    func follow(_ change: TopicChange) {
        position = change.position
        status = change.status
        publishTime = change.publishTime
        markDirty()
    }

    // MARK: Handover

    /// Who the topic is and where it stands.
    final var head: TopicRecord {
        TopicRecord(
            name: name, epoch: position.epoch, sequence: position.sequence, status: status)
    }

    /// All that a successor needs to go on, but for an event topic's history.
    func record() -> TopicRecord { head }

    /// Goes on where a predecessor stopped, and then with what this topic has beyond. False: the
    /// record makes no sense; nothing changed.
    func adopt(_ inherited: InheritedTopic) -> Bool {
        let record = inherited.record
        guard record.isSound, let epoch = record.epoch, let sequence = record.sequence,
            let status = record.status
        else { return false }
        position = Position(epoch: epoch, sequence: sequence)
        self.status = status
        return true
    }

    // MARK: Publishing

    final func markDirty() {
        guard !isDirty else { return }
        isDirty = true
        hub.schedulePublication(of: self)
    }

    package final func publishPending() {
        guard isDirty else { return }
        isDirty = false
        let hub = hub
        // A topic that follows another loop's has its position already.
        if hub.ownsTopics {
            guard let before = commit() else { return }
            if before != position { hub.metrics.updates.add() }
            hub.relay { .changed(change(since: before)) }
        }
        var isSent = false
        for audience in audiences.all where !audience.isEmpty {
            if audience.key.rate == nil {
                if tell(audience) { isSent = true }
            } else {
                hub.pace(audience, of: self)
            }
        }
        if isSent { hub.sending.began(publishTime) }
    }

    /// Tells an audience what it does not know yet. False: nothing it wants to know.
    @discardableResult
    final func tell(_ audience: Audience) -> Bool {
        let hub = hub
        let frames = hub.frames
        precondition(frames.isEmpty, "a delivery led to another publication")
        var hasNews = false
        while audience.told != position {
            let (before, known) = (audience.told, audience.known)
            guard let news = appendNews(for: audience, into: frames) else { break }
            hasNews = true
            hub.metrics.gaps.add(news.gaps)
            let messages = Int(news.messages)
            let sent = hub.compression?.live(frames, messages: messages, for: audience) ?? frames
            let delivered = sent.withSpan {
                audience.deliver($0, messages: messages, from: before)
            }
            count(
                delivered, frames.count, sent: sent.count, for: audience,
                Stretch(from: before, known: known, to: news.reached))
            frames.removeAll()
            audience.told = news.reached
        }
        audience.known = position.sequence
        if hasNews {
            audience.wakeResting()
        } else if audience.passed == position {
            audience.wakeLagging()
        }
        return hasNews
    }

    // MARK: Audience

    /// The audience of that key, made if there is none.
    final func audience(_ key: Audience.Key) -> Audience {
        if let known = audiences[key] { return known }
        let audience = makeAudience(key)
        audiences.insert(audience)
        hub.metrics.audiences.add(1)
        return audience
    }

    /// Whether a subscriber may have an audience of that key; `old`, if it has one, is left for it.
    final func check(
        roomFor key: Audience.Key, leaving old: Audience? = nil
    ) throws(TopicRefusal) {
        let most = hub.limits.audiencesPerTopicMax
        let ends = old.map { $0.count == 1 && !$0.key.isUsual } ?? false
        if key.isUsual || audiences[key] != nil || audiences.unusualCount - (ends ? 1 : 0) < most {
            return
        }
        hub.metrics.sessions.reached(.audiences)
        throw TopicRefusal(
            .exhausted,
            "\"\(name)\" is sent in \(most) unusual ways already, the server's limit; allowed: "
                + "one that others have, or all fields at a preset rate without a filter")
    }

    private func leaveAudience(of subscription: Subscription) {
        let audience = subscription.audience
        audience.remove(subscription)
        guard audience.isEmpty else { return }
        audiences.remove(audience)
        hub.metrics.audiences.add(-1)
    }

    final func join(_ subscription: Subscription, at start: StartingPoint) {
        subscription.audience.insert(subscription)
        identity.subscriptions.add(1)
        hub.metrics.subscriptions.add(1)
        place(subscription, at: start.cursor, waits: start.waits)
    }

    /// Notes how far a row has come: current, resting, or in its session's queue.
    final func place(_ subscription: Subscription, at cursor: Subscription.Cursor, waits: Bool) {
        let audience = subscription.audience
        if cursor == .at(audience.told) {
            subscription.cursor = nil
            return
        }
        subscription.cursor = cursor
        if waits || isServed(cursor, in: audience) {
            audience.rest()
        } else {
            subscription.session.markBehind(subscription)
        }
    }

    /// Gives a living subscription another audience; it goes on where it stands. A state topic's
    /// subscriber who wants fields it did not have begins anew.
    final func move(
        _ subscription: Subscription, to key: Audience.Key, awaitsChange: Bool
    ) {
        publishPending()
        let old = subscription.audience
        var cursor = subscription.cursor ?? .at(old.told)
        if isState, !key.fields.isSubset(of: old.key.fields) { cursor = .nothing }
        leaveAudience(of: subscription)
        subscription.audience = audience(key)
        subscription.audience.insert(subscription)
        place(subscription, at: cursor, waits: awaitsChange)
    }

    final func leave(_ subscription: Subscription) {
        leaveAudience(of: subscription)
        identity.subscriptions.add(-1)
        hub.metrics.subscriptions.add(-1)
    }

    /// The topic is no more: every subscriber is told why, and its row goes. Telling one may end
    /// sessions (a full queue), so all rows are taken out before anybody is told.
    final func dissolve(telling rejection: RejectedTopic) {
        var left: [(codec: Codec, subscriptions: [Subscription])] = []
        for audience in audiences.all {
            var leaving: [Subscription] = []
            audience.forEach { leaving.append($0) }
            left.append((audience.key.codec, leaving))
            for subscription in leaving {
                leave(subscription)
                subscription.session.removed(subscription)
            }
        }
        let words = OutputBuffer()
        for (codec, subscriptions) in left {
            Update(topic: number, payload: .rejected(rejection)).encodeFramed(codec, into: words)
            for subscription in subscriptions {
                words.withSpan { subscription.session.tell($0, endOf: subscription) }
            }
            words.removeAll()
        }
    }
}
