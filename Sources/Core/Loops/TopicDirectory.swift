internal import Base
internal import Runtime
internal import Streams

/// What the hubs of all loops of a process have to agree on: who it is, and who its topics are.
/// The hub that names a topic first, on whatever loop, gives it its number and its first epoch.
///
/// Bounds: as many topics as `HubLimits.topicsMax`.
package final class TopicDirectory: Sendable {
    private struct Topics {
        var groups: [TopicGroup: [String: TopicIdentity]] = [:]
        /// Of all groups.
        var count = 0
        var lastNumber: UInt32 = 0
        var random: any RandomNumberGenerator
    }

    /// Another one after each start of the process.
    let server: UInt64
    let startTime: Timestamp
    /// From the hub that owns the topics to the others.
    let news = NewsInboxes()
    private let topics: Locked<Topics>

    /// - Parameter random: where epochs come from.
    init(startTime: Timestamp, random: sending any RandomNumberGenerator) {
        var random = random
        server = Epoch.random(using: &random)
        self.startTime = startTime
        topics = Locked(Topics(random: random))
    }

    /// Never used before, by this process or an earlier one.
    func freshEpoch() -> UInt64 { topics.withLock { Epoch.random(using: &$0.random) } }

    /// The topics of those names, known or new; nil, and nothing new, if there would be more than
    /// `topicsMax` then.
    func identities(
        of names: [String], in group: TopicGroup, topicsMax: Int
    ) -> [TopicIdentity]? {
        topics.withLock { topics in
            var members = topics.groups[group] ?? [:]
            let fresh = names.count { members[$0] == nil }
            guard topics.count + fresh <= topicsMax else { return nil }
            let identities = names.map { name in
                if let known = members[name] { return known }
                // Numbers are never reused: a client may still hold the last one.
                topics.lastNumber += 1
                let identity = TopicIdentity(
                    name: name, number: topics.lastNumber,
                    firstEpoch: Epoch.random(using: &topics.random))
                members[name] = identity
                return identity
            }
            topics.count += fresh
            topics.groups[group] = members
            return identities
        }
    }

    /// The topics are no more, on whatever loop they were named: whoever names them next gets
    /// others.
    func forget(_ group: TopicGroup) {
        topics.withLock { topics in
            topics.count -= topics.groups.removeValue(forKey: group)?.count ?? 0
        }
    }

    /// Topics that count against the limit.
    var count: Int { topics.withLock { $0.count } }
}
