internal import Core
internal import Schema
internal import Streams

/// Names of one call, resolved one by one: a bad one never spoils the others.
struct TopicRequest {
    private(set) var accepted: [(name: String, topic: Topic)] = []
    private(set) var rejected: [RejectedTopic] = []

    init(_ names: [String], hub: Hub, accepts: (Topic) -> TopicRefusal?) {
        var seen: Set<UInt32> = []
        for name in names {
            do throws(TopicRefusal) {
                let topic = try hub.topic(named: name)
                if let refusal = accepts(topic) { throw refusal }
                guard seen.insert(topic.number).inserted else {
                    throw TopicRefusal(.twice, "\"\(name)\" is named twice")
                }
                accepted.append((name, topic))
            } catch {
                rejected.append(
                    RejectedTopic(
                        name: name, code: UInt32(error.reason.rawValue), message: error.message))
            }
        }
    }
}
