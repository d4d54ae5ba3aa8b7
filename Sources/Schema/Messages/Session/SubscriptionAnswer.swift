/// What became of a subscription.
package struct SubscriptionAnswer: Equatable, Sendable {
    package var id: UInt32?
    package var accepted: [SubscribedTopic]
    package var rejected: [RejectedTopic]

    package init(
        id: UInt32? = nil, accepted: [SubscribedTopic] = [], rejected: [RejectedTopic] = []
    ) {
        self.id = id
        self.accepted = accepted
        self.rejected = rejected
    }
}

extension SubscriptionAnswer: WireMessage {
    package static let table = TableSet.shared["penstock.v1.SubscriptionAnswer"]

    package func write(to record: Record) {
        record.set(1, id)
        record.set(2, accepted)
        record.set(3, rejected)
    }

    package init(_ record: Record) {
        id = record.get(1)
        accepted = record.list(2)
        rejected = record.list(3)
    }
}
