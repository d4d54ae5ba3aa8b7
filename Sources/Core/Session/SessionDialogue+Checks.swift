internal import Schema
internal import Streams

/// What a client should have.
extension SessionDialogue {
    func check(_ answers: UInt64, _ id: UInt32, _ name: String) {
        // What waits to be published goes first, and may end what it is told to.
        part(name, of: id)?.topic.publishPending()
        if session.isEnded { return }
        guard let subscription = part(name, of: id) else {
            return refuse(
                answers,
                Refusal(
                    .unknown, "subscription \(id) has no topic \"\(name)\"", field: "topic", id: id)
            )
        }
        guard subscription.topic.isState else {
            return refuse(
                answers,
                Refusal(
                    .invalid, "\"\(name)\" is an event topic, whose sequences are the check",
                    field: "topic", id: id))
        }
        let (sent, hash) = (subscription.sent, hash(of: subscription))
        say(
            answers,
            .checked(
                StateChecked(
                    id: id, topic: subscription.topic.number, epoch: sent?.epoch,
                    sequence: sent?.sequence, count: hash?.count, hash: hash?.value)))
    }

    private func part(_ name: String, of id: UInt32) -> Subscription? {
        living[id]?.parts.first { $0.name == name }?.subscription
    }

    /// Nil: no state topic, or the state that was sent is not the present one any more.
    func hash(of subscription: Subscription) -> StateHash? {
        guard let topic = subscription.topic as? StateTopic, subscription.sent == topic.position
        else { return nil }
        return topic.hash(of: subscription.audience.key.fields)
    }
}
