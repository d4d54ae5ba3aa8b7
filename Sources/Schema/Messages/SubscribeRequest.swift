/// The topics a client wants, and where to continue those it knows.
package struct SubscribeRequest: Equatable, Sendable {
    package var topics: [String]
    package var resume: [TopicPosition]

    package init(topics: [String] = [], resume: [TopicPosition] = []) {
        self.topics = topics
        self.resume = resume
    }
}

extension SubscribeRequest: WireMessage {
    package static let table = TableSet.shared["penstock.v1.SubscribeRequest"]

    package func write(to record: Record) {
        record.set(1, topics)
        record.set(2, resume)
    }

    package init(_ record: Record) {
        topics = record.list(1)
        resume = record.list(2)
    }
}
