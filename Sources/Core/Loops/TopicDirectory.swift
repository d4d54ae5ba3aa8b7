internal import Base
internal import Runtime
internal import Streams

/// What the hubs of all loops of a process have to agree on: who it is, and who its topics are.
/// The hub that names a topic first, on whatever loop, gives it its number and its first epoch.
///
/// Bounds: as many topics as `HubLimits.topicsMax`.
package final class TopicDirectory: Sendable {
    private struct Topics {
        var identities: [String: TopicIdentity] = [:]
        var lastNumber: UInt32 = 0
        var lastEcho: UInt64 = 0
        var random: any RandomNumberGenerator
    }

    /// Another one after each start of the process.
    let server: UInt64
    let startTime: Timestamp
    private let topics: Locked<Topics>

    /// - Parameter random: where epochs come from.
    init(startTime: Timestamp, random: sending any RandomNumberGenerator) {
        var random = random
        server = Epoch.random(using: &random)
        self.startTime = startTime
        topics = Locked(Topics(random: random))
    }

    /// Never used before (design.md §2).
    func freshEpoch() -> UInt64 { topics.withLock { Epoch.random(using: &$0.random) } }

    /// The topics of those names, known or new; nil, and nothing new, if there would be more than
    /// `topicsMax` then.
    func identities(of names: [String], topicsMax: Int) -> [TopicIdentity]? {
        topics.withLock { topics in
            let fresh = names.count { topics.identities[$0] == nil }
            guard topics.identities.count + fresh <= topicsMax else { return nil }
            return names.map { name in
                if let known = topics.identities[name] { return known }
                // Numbers are never reused: a client may still hold the last one.
                topics.lastNumber += 1
                let identity = TopicIdentity(
                    name: name, number: topics.lastNumber,
                    firstEpoch: Epoch.random(using: &topics.random))
                topics.identities[name] = identity
                return identity
            }
        }
    }

    /// Numbers of echoes are unlike each other on all loops.
    func nextEcho() -> UInt64 {
        topics.withLock { topics in
            topics.lastEcho += 1
            return topics.lastEcho
        }
    }

    /// The topics are no more: whoever names them next gets others.
    func forget(_ names: [String]) {
        topics.withLock { topics in
            for name in names { topics.identities[name] = nil }
        }
    }
}
