internal import Base
package import Schema
package import Streams

/// All subscriptions of one stream of one client.
///
/// A subscriber owns no queue of messages: each subscription is a cursor, and one that could not
/// take a frame is *behind* at the position it has. What it missed is computed from the topic when
/// the sink can take it. A new subscription is simply behind from nothing. Confined to the loop.
package class Session {
    unowned let sink: any FrameSink
    private var table = SubscriptionTable()
    /// Who waits longest is served first, or the busy topics would starve the quiet ones.
    private var behind = BehindQueue()
    package let codec: Codec
    private let takesGzip: Bool
    /// The hub knows that somebody is behind.
    private var isWaiting = false
    /// The client left, or the session is over: nothing is offered to the sink any more.
    package private(set) var isEnded = false

    /// Told what happens to the subscriptions.
    var observer: (any SessionObserver)? { nil }

    /// - Parameter takesGzip: messages may be compressed.
    package init(codec: Codec, sink: any FrameSink, takesGzip: Bool = false) {
        self.codec = codec
        self.sink = sink
        self.takesGzip = takesGzip
    }

    /// Adds a topic, starting at `position` if its topic can still continue from there, else with
    /// a snapshot (state) or live (event). Frames leave with `becameWritable()`.
    package func add(
        _ topic: Topic, resumeAt position: Position?,
        _ options: SubscriptionOptions = SubscriptionOptions()
    ) -> AcceptedTopic {
        let (_, start) = add(topic, options, resumeAt: position)
        let resumed = position != nil && (start.follows == .delta || start.follows == .events)
        return AcceptedTopic(
            name: topic.name, number: topic.number, epoch: topic.position.epoch,
            sequence: topic.position.sequence, status: topic.status, resumed: resumed,
            startSequence: topic.isState ? nil : start.sequence)
    }

    /// Adds a topic that the session does not have. Frames leave with `becameWritable()`.
    package func add(
        _ topic: Topic, _ options: SubscriptionOptions, resumeAt position: Position?,
        tag: UInt32 = 0
    ) -> (subscription: Subscription, start: StartingPoint) {
        topic.publishPending()
        let key = key(options)
        let subscription = Subscription(
            topic: topic, session: self, audience: topic.audience(key), tag: tag)
        subscription.closesWhenBehind = options.closesWhenBehind
        table[topic.number] = subscription
        let start = topic.startingPoint(resumeAt: position, options.start)
        topic.join(subscription, at: start)
        return (subscription, start)
    }

    /// Whether a topic can be had in that way; `old`: instead of how it is had now.
    package func check(
        _ topic: Topic, _ options: SubscriptionOptions, insteadOf old: Subscription? = nil
    ) throws(TopicRefusal) {
        try topic.check(roomFor: key(options), leaving: old?.audience)
    }

    private func key(_ options: SubscriptionOptions) -> Audience.Key {
        Audience.Key(
            codec: codec, fields: options.fields, rate: options.rate, filter: options.filter,
            takesGzip: takesGzip)
    }

    /// The subscription of a topic, if the session has it. O(1) in the number of topics.
    package func subscription(of topic: Topic) -> Subscription? { table[topic.number] }

    /// Changes how a subscription is served. True: it goes on where it stands, false: it begins
    /// anew with a snapshot. Frames leave with `becameWritable()`.
    package func change(_ subscription: Subscription, to options: SubscriptionOptions) -> Bool {
        // What waits to be published may wake this session's rows, so it comes before any change.
        subscription.topic.publishPending()
        guard table[subscription.topic.number] === subscription else { return true }
        subscription.closesWhenBehind = options.closesWhenBehind
        let key = key(options)
        guard key != subscription.audience.key else { return true }
        let awaitsChange = subscription.cursor == .nothing && !subscription.isQueued
        behind.remove(subscription)
        subscription.topic.move(subscription, to: key, awaitsChange: awaitsChange)
        return subscription.sent != nil
    }

    /// Ends one subscription.
    package func remove(_ subscription: Subscription) {
        // Its row may be gone already: telling others can end the whole session.
        guard table[subscription.topic.number] === subscription else { return }
        subscription.topic.leave(subscription)
        removed(subscription)
    }

    /// How many wait for room in the stream.
    package var behindCount: Int { behind.count }

    /// Catches up whoever is behind, for as long as the sink takes it.
    package func becameWritable() {
        if isEnded || behind.first == nil { return endWaiting() }
        // Not kept: most sessions are up to date most of the time, and there are many.
        let scratch = OutputBuffer()
        while !isEnded {
            // Publishing may wake rows that rest, this session's too, and come back to here: so it
            // comes while everybody still is where he belongs.
            behind.first?.topic.publishPending()
            guard !isEnded, let subscription = behind.popFirst() else { break }
            guard let cursor = subscription.cursor else { continue }
            let topic = subscription.topic
            if isLost(subscription, at: cursor) {
                close(subscription, at: cursor)
                continue
            }
            let catchUp = topic.catchUp(
                from: cursor, for: subscription.audience, into: scratch)
            let isTaken = scratch.isEmpty || scratch.withSpan { sink.offerMissed($0) }
            let bytes = scratch.count
            scratch.removeAll()
            guard isTaken else {
                behind.putBack(subscription)
                break
            }
            topic.countCaughtUp(bytes, of: subscription, from: cursor, to: catchUp.cursor)
            subscription.hasStarted = true
            if !subscription.isCaughtUp { subscription.eventsSent += catchUp.events }
            if catchUp.isComplete {
                topic.place(subscription, at: catchUp.cursor, waits: true)
                caughtUp(subscription)
            } else {
                // More is left than one helping: the others of this session come first.
                subscription.cursor = catchUp.cursor
                markBehind(subscription)
            }
        }
        if behind.count == 0 { endWaiting() }
    }

    /// Those that have everything without having been sent anything are told so.
    package func announceCaughtUp(_ fresh: [Subscription]) {
        for subscription in fresh where !subscription.isQueued { caughtUp(subscription) }
    }

    private func caughtUp(_ subscription: Subscription) {
        if subscription.isCaughtUp { return }
        subscription.isCaughtUp = true
        subscription.hasStarted = true
        observer?.caughtUp(subscription)
    }

    /// Closes subscriptions that asked for that and are too far behind, although nothing could be
    /// sent: to be called every so often.
    package func closeLost() {
        for subscription in table.all where subscription.isQueued {
            // Closing says so, which can end the session when its queue is full.
            if isEnded { return }
            if let cursor = subscription.cursor, isLost(subscription, at: cursor) {
                behind.remove(subscription)
                close(subscription, at: cursor)
            }
        }
    }

    private func isLost(_ subscription: Subscription, at cursor: Subscription.Cursor) -> Bool {
        subscription.closesWhenBehind && subscription.hasStarted
            && subscription.topic.isTooFar(cursor, subscription)
    }

    private func close(_ subscription: Subscription, at cursor: Subscription.Cursor) {
        remove(subscription)
        observer?.fellBehind(subscription, at: cursor)
    }

    func markBehind(_ subscription: Subscription) {
        // What it was offered may have ended the call, and the session with it.
        guard table[subscription.topic.number] === subscription else { return }
        let sequence = subscription.topic.position.sequence
        subscription.behindSince = sequence > 0 ? sequence - 1 : 0
        behind.append(subscription)
        guard !isWaiting else { return }
        isWaiting = true
        let hub = subscription.topic.hub
        hub.waiting[ObjectIdentifier(self)] = (self, since: hub.turn.instant())
    }

    var waitingCount: Int { behind.count }

    /// Nobody is behind any more.
    private func endWaiting() {
        guard isWaiting, let hub = table.first?.topic.hub else { return }
        isWaiting = false
        behind = BehindQueue()
        hub.waiting[ObjectIdentifier(self)] = nil
    }

    /// The topic is gone; its row has already been taken out.
    func removed(_ subscription: Subscription) {
        behind.remove(subscription)
        if behind.count == 0 { endWaiting() }
        table[subscription.topic.number] = nil
    }

    /// Last words of a topic, unless the client has left meanwhile.
    func tell(_ frames: RawSpan, endOf subscription: Subscription) {
        if isEnded { return }
        sink.enqueue(frames)
        observer?.topicEnded(subscription)
    }

    /// The client left. Nothing is offered to the sink afterwards.
    package func end() {
        isEnded = true
        endWaiting()
        for subscription in table.all { subscription.topic.leave(subscription) }
        table = SubscriptionTable()
        behind = BehindQueue()
    }
}
