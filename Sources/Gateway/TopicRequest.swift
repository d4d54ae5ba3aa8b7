internal import Core
internal import Schema
internal import Streams

/// Names of one call, resolved one by one: a bad one never spoils the others.
struct TopicRequest {
    private(set) var accepted: [(name: String, topic: Topic)] = []
    private(set) var rejected: [RejectedTopic] = []

    /// `caller`: whose topics they must be; nil: anybody's.
    init(
        _ names: [String], hub: Hub, caller: CallIdentity?, accepts: (Topic) -> TopicRefusal?
    ) {
        var seen: Set<UInt32> = []
        for name in names {
            do throws(TopicRefusal) {
                // Asked before the hub, which would fetch what it is asked for.
                if let refusal = Self.refusal(name, caller) { throw refusal }
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

    /// What is no name is the hub's to explain.
    private static func refusal(_ name: String, _ caller: CallIdentity?) -> TopicRefusal? {
        guard let caller, let topic = try? TopicName(parsing: name), !caller.topicAllowed(topic)
        else { return nil }
        return TopicRefusal(.forbidden, "\"\(topic)\" is not among your topics")
    }
}
