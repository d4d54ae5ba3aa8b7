internal import Base
internal import Schema
internal import Streams

/// What was sent, what was acknowledged, and how to go on elsewhere.
extension SessionDialogue {
    func heartbeat() -> Heartbeat {
        let topics = living.sorted { $0.key < $1.key }.flatMap { _, entry in
            entry.parts.map { _, subscription in
                let (topic, sent) = (subscription.topic.number, subscription.sent)
                let acknowledged = acknowledged[topic]
                return TopicProgress(
                    topic: topic, epoch: sent?.epoch, sequence: sent?.sequence,
                    acknowledgedSequence: acknowledged?.epoch == sent?.epoch
                        ? acknowledged?.sequence : nil)
            }
        }
        return Heartbeat(
            time: wallTime(), topics: topics, behind: UInt32(clamping: session.behindCount))
    }

    func acknowledge(_ answers: UInt64, _ positions: [TopicPosition]) {
        var recorded: [(UInt32, Position)] = []
        for (index, position) in positions.enumerated() {
            do throws(Refusal) {
                guard let topic = position.topic.flatMap({ hub.knownTopic(named: $0) }),
                    let subscription = session.subscription(of: topic)
                else {
                    throw Refusal(
                        .unknown, "\"\(position.topic ?? "")\" is not subscribed",
                        field: "positions[\(index)].topic")
                }
                let place = try check(position, subscription, field: "positions[\(index)]")
                recorded.append((topic.number, place))
            } catch {
                return refuse(answers, error)
            }
        }
        for (topic, place) in recorded { acknowledged[topic] = place }
        say(answers, .acknowledged(Acknowledged(positions: UInt32(clamping: recorded.count))))
    }

    private func check(
        _ position: TopicPosition, _ subscription: Subscription, field: String
    ) throws(Refusal) -> Position {
        guard let epoch = position.epoch, let sequence = position.sequence else {
            throw Refusal(.invalid, "a position has an epoch and a sequence", field: field)
        }
        guard let sent = subscription.sent, sent.epoch == epoch else {
            throw Refusal(
                .late, "what was sent last is not of that epoch, which needs no acknowledgement",
                field: field)
        }
        guard sequence <= sent.sequence else {
            throw Refusal(
                .invalid, "sequence \(sequence) was not sent; the last one is \(sent.sequence)",
                field: field)
        }
        return Position(epoch: epoch, sequence: sequence)
    }

    /// Nil: no subscription, or more than a token holds.
    func resumeToken(of ids: [UInt32]) -> [UInt8]? {
        let requests = ids.compactMap { id in living[id].map { request($0) } }
        if requests.isEmpty { return nil }
        let token = ResumeToken(subscriptions: requests)
            .bytes(bytesMax: limits.resumeTokenBytesMax)
        if token == nil { metrics.reached(.tokenBytes) }
        return token
    }

    /// What opens a subscription again where it stands: at what was acknowledged, if the client
    /// does that, else at what was sent, else where it was asked to start.
    private func request(_ entry: Living) -> SubscribeTopics {
        var request = entry.plan.request
        request.topics = entry.parts.map(\.name)
        request.positions = entry.parts.compactMap { name, subscription in
            let position =
                acknowledged[subscription.topic.number] ?? subscription.sent
                ?? entry.plan.positions[name]
            return position.map {
                TopicPosition(topic: name, epoch: $0.epoch, sequence: $0.sequence)
            }
        }
        return request
    }
}

extension SessionDialogue: SessionObserver {
    package func caughtUp(_ subscription: Subscription) {
        let place = subscription.sent ?? subscription.topic.position
        let hash = hash(of: subscription)
        let isState = subscription.topic.isState
        say(
            nil,
            .caughtUp(
                CaughtUp(
                    id: subscription.tag, topic: subscription.topic.number, epoch: place.epoch,
                    sequence: place.sequence,
                    count: isState ? hash?.count : subscription.eventsSent,
                    hash: hash?.value)))
    }

    /// The whole subscription ends: its topics were wanted together.
    package func fellBehind(_ subscription: Subscription, at cursor: Subscription.Cursor) {
        guard let entry = living[subscription.tag] else { return }
        metrics.closed.add()
        metrics.reached(.lag)
        let token = resumeToken(of: [subscription.tag])
        let topic = subscription.topic
        let name = entry.parts.first { $0.subscription === subscription }?.name ?? topic.name
        for part in entry.parts {
            if part.subscription !== subscription { session.remove(part.subscription) }
            acknowledged[part.subscription.topic.number] = nil
        }
        keep([], of: subscription.tag)
        let text =
            "too slow for \"\(name)\": \(lag(of: subscription)) behind; subscribe again with the "
            + "token, or with another overflow policy"
        say(
            nil,
            .closed(
                SubscriptionClosed(
                    id: subscription.tag, reason: Refusal(.exhausted, text, id: subscription.tag),
                    topic: topic.number, sent: position(of: subscription, name),
                    present: TopicPosition(
                        topic: name, epoch: topic.position.epoch,
                        sequence: topic.position.sequence), resumeToken: token)))
    }

    private func lag(of subscription: Subscription) -> String {
        let present = subscription.topic.position
        guard let sent = subscription.sent, sent.epoch == present.epoch else { return "an epoch" }
        return "\(present.sequence - sent.sequence) updates"
    }

    package func topicEnded(_ subscription: Subscription) {
        forget(subscription, of: subscription.tag)
    }
}
