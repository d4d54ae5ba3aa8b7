/// A subscription that was too slow has ended.
package struct SubscriptionClosed: Equatable, Sendable {
    package var id: UInt32?
    package var reason: Refusal?
    package var topic: UInt32?
    package var sent: TopicPosition?
    package var present: TopicPosition?
    package var resumeToken: [UInt8]?

    package init(
        id: UInt32? = nil, reason: Refusal? = nil, topic: UInt32? = nil,
        sent: TopicPosition? = nil, present: TopicPosition? = nil, resumeToken: [UInt8]? = nil
    ) {
        self.id = id
        self.reason = reason
        self.topic = topic
        self.sent = sent
        self.present = present
        self.resumeToken = resumeToken
    }
}

extension SubscriptionClosed: WireMessage {
    package static let table = TableSet.shared["penstock.v1.SubscriptionClosed"]

    package func write(to record: Record) {
        record.set(1, id)
        record.set(2, reason)
        record.set(3, topic)
        record.set(4, sent)
        record.set(5, present)
        record.set(6, resumeToken)
    }

    package init(_ record: Record) {
        id = record.get(1)
        reason = record.get(2)
        topic = record.get(3)
        sent = record.get(4)
        present = record.get(5)
        resumeToken = record.get(6)
    }
}
