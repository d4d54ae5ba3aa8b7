/// The topics a client wants, and where to continue those it knows.
package struct SubscribeRequest: Equatable, Sendable {
    package var topics: [String]
    package var resume: [TopicPosition]
    package var filter: String?
    package var fromSequence: UInt64?
    /// Nanoseconds since 1970.
    package var fromTime: UInt64?
    package var fromCount: UInt32?

    package init(
        topics: [String] = [], resume: [TopicPosition] = [], filter: String? = nil,
        fromSequence: UInt64? = nil, fromTime: UInt64? = nil, fromCount: UInt32? = nil
    ) {
        self.topics = topics
        self.resume = resume
        self.filter = filter
        self.fromSequence = fromSequence
        self.fromTime = fromTime
        self.fromCount = fromCount
    }
}

extension SubscribeRequest: WireMessage {
    package static let table = TableSet.shared["penstock.v1.SubscribeRequest"]

    package func write(to record: Record) {
        record.set(1, topics)
        record.set(2, resume)
        record.set(3, filter)
        record.set(4, fromSequence)
        record.set(5, fromTime)
        record.set(6, fromCount)
    }

    package init(_ record: Record) {
        topics = record.list(1)
        resume = record.list(2)
        filter = record.get(3)
        fromSequence = record.get(4)
        fromTime = record.get(5)
        fromCount = record.get(6)
    }
}
