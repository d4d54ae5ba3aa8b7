/// The server lives, and this is what it has sent.
package struct Heartbeat: Equatable, Sendable {
    /// Nanoseconds since 1970.
    package var time: UInt64?
    package var topics: [TopicProgress]
    /// How many wait for room in the stream.
    package var behind: UInt32?

    package init(time: UInt64? = nil, topics: [TopicProgress] = [], behind: UInt32? = nil) {
        self.time = time
        self.topics = topics
        self.behind = behind
    }
}

extension Heartbeat: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Heartbeat"]

    package func write(to record: Record) {
        record.set(1, time)
        record.set(2, topics)
        record.set(3, behind)
    }

    package init(_ record: Record) {
        time = record.get(1)
        topics = record.list(2)
        behind = record.get(3)
    }
}
