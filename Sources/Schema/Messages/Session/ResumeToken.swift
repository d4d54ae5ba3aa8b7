/// What a resume token holds behind its check value.
package struct ResumeToken: Equatable, Sendable {
    package var subscriptions: [SubscribeTopics]

    package init(subscriptions: [SubscribeTopics] = []) {
        self.subscriptions = subscriptions
    }
}

extension ResumeToken: WireMessage {
    package static let table = TableSet.shared["penstock.v1.ResumeToken"]

    package func write(to record: Record) {
        record.set(1, subscriptions)
    }

    package init(_ record: Record) {
        subscriptions = record.list(1)
    }
}
