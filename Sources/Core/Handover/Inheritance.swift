package import Schema

/// What a predecessor told of its topics, until the hub takes it over.
package struct Inheritance {
    private let limits: HubLimits
    private(set) var topics: [String: InheritedTopic] = [:]

    package init(limits: HubLimits) { self.limits = limits }

    package var count: Int { topics.count }

    /// The next record; one without a name says nothing. `isComplete`: as the topic stands, while
    /// nothing can change. What is not told so will not be taken over: it is no more.
    package mutating func add(_ record: TopicRecord, isComplete: Bool) {
        guard let name = record.name else { return }
        topics[name, default: InheritedTopic()].add(
            record, isComplete: isComplete, limits: limits)
    }
}
