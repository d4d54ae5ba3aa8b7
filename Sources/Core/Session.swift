internal import Base
package import Schema
package import Streams

/// All subscriptions of one stream of one client.
///
/// A subscriber owns no queue of messages: each subscription is a cursor, and one that could not
/// take a frame is *behind* at the position it has. What it missed is computed from the topic when
/// the sink can take it. A new subscription is simply behind from nothing. Confined to the loop.
package final class Session {
    package let codec: Codec
    unowned let sink: any FrameSink
    private var subscriptions: [Subscription] = []
    /// Who waits longest is served first, or the busy topics would starve the quiet ones.
    private var behind = BehindQueue()
    private let scratch = OutputBuffer()
    private var isEnded = false

    package init(codec: Codec, sink: any FrameSink) {
        self.codec = codec
        self.sink = sink
    }

    /// Adds a topic, starting at `position` if its topic can still continue from there, else with
    /// a snapshot (state) or live (event). Frames leave with `becameWritable()`.
    package func add(_ topic: Topic, resumeAt position: Position?) -> AcceptedTopic {
        topic.publishPending()
        let resumed = position.map { topic.canResume(from: $0) } ?? false
        let subscription = Subscription(topic: topic, session: self)
        subscriptions.append(subscription)
        topic.join(subscription, from: topic.startingPoint(resumeAt: position))
        return AcceptedTopic(
            name: topic.name, number: topic.number, epoch: topic.position.epoch,
            sequence: topic.position.sequence, status: topic.status, resumed: resumed)
    }

    package func isSubscribed(to topic: Topic) -> Bool {
        subscriptions.contains { $0.topic === topic }
    }

    /// Catches up whoever is behind, for as long as the sink takes it.
    package func becameWritable() {
        while !isEnded, let subscription = behind.popFirst() {
            guard let cursor = subscription.cursor else { continue }
            let topic = subscription.topic
            let reached = topic.appendCatchUp(from: cursor, codec: codec, into: scratch)
            let isTaken = scratch.isEmpty || scratch.withSpan { sink.offerMissed($0) }
            scratch.removeAll()
            guard isTaken else {
                behind.putBack(subscription)
                break
            }
            subscription.cursor = topic.isCurrent(reached) ? nil : reached
            // More is left than one helping: the others of this session come first.
            if subscription.cursor != nil { markBehind(subscription) }
        }
        scratch.release(above: 65536)
    }

    func markBehind(_ subscription: Subscription) { behind.append(subscription) }

    /// The topic is gone; its row has already been taken out.
    func removed(_ subscription: Subscription) {
        subscriptions.removeAll { $0 === subscription }
        behind.remove(subscription)
    }

    /// Last words of a topic, unless the client has left meanwhile.
    func tell(_ frames: RawSpan) {
        if !isEnded { sink.enqueue(frames) }
    }

    /// The client left. Nothing is offered to the sink afterwards.
    package func end() {
        isEnded = true
        for subscription in subscriptions { subscription.topic.leave(subscription) }
        subscriptions = []
        behind = BehindQueue()
    }
}
