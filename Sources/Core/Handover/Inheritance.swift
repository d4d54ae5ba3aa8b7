package import Schema

/// What a predecessor told of its topics, until the hub takes it over.
package struct Inheritance {
    private let limits: HubLimits
    private(set) var topics: [String: InheritedTopic] = [:]

    package init(limits: HubLimits) { self.limits = limits }

    package var count: Int { topics.count }

    /// The next record; one without a name says nothing.
    package mutating func add(_ record: TopicRecord) {
        guard let name = record.name else { return }
        topics[name, default: InheritedTopic()].add(record, limits: limits)
    }
}
