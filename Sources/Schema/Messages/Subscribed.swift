/// First message of a subscription: what became of every topic, in the order of the request.
package struct Subscribed: Equatable, Sendable {
    package var accepted: [AcceptedTopic]
    package var rejected: [RejectedTopic]

    package init(accepted: [AcceptedTopic] = [], rejected: [RejectedTopic] = []) {
        self.accepted = accepted
        self.rejected = rejected
    }
}

extension Subscribed: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Subscribed"]

    package func write(to record: Record) {
        record.set(1, accepted)
        record.set(2, rejected)
    }

    package init(_ record: Record) {
        accepted = record.list(1)
        rejected = record.list(2)
    }
}
