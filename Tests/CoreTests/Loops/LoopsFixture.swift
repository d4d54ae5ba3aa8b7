import Base
import Market
import Schema
import Streams

@testable import Core

/// What is under way from one hub to another, until the test delivers it.
///
/// `@unchecked Sendable`: tests have one thread.
final class Post: @unchecked Sendable {
    var batches: [[FollowerWish]] = []
    var link: HubLink { HubLink { [self] in batches.append($0) } }
    /// How often the follower was woken.
    var wakeups = 0

    func takeFirst() -> [FollowerWish]? { batches.isEmpty ? nil : batches.removeFirst() }
}

/// A hub that owns the topics, and one on another loop that follows it.
struct LoopsFixture {
    let owner: HubFixture
    let turn = ManualTurn()
    let follower: Hub
    let post = Post()
    let metrics = MetricRegistry()

    init(eventsPerTopicMax: Int = 1024, topicsMax: Int = 1000) {
        var limits = HubLimits()
        limits.eventsPerTopicMax = eventsPerTopicMax
        limits.topicsMax = topicsMax
        let (post, turn, metrics) = (post, turn, metrics)
        var follower: Hub?
        owner = HubFixture(limits: limits) { hub in
            follower = Hub(
                following: hub.directory, turn: turn, loop: 1, metrics: metrics, limits: limits,
                owner: post.link)
            hub.lead { post.wakeups += 1 }
        }
        self.follower = follower!
        settle()
    }

    /// The owner's turn ends, and everything arrives everywhere.
    func settle() {
        repeat {
            answer()
            deliver()
        } while !post.batches.isEmpty
    }

    /// The wishes so far arrive, and the owner's turn ends.
    func answer() {
        while let batch = post.takeFirst() { owner.hub.receive(batch) }
        owner.turn.end()
    }

    /// The news so far arrive, all in one turn of the follower.
    func deliver() {
        follower.hearNews()
        turn.end()
    }

    func topic(_ name: String) throws -> (there: Topic, here: Topic) {
        let there = try owner.hub.topic(named: name)
        settle()
        return (there, try follower.topic(named: name))
    }

    func subscribe(_ topic: Topic, to sink: FakeSink, resumeAt: Position? = nil) -> Session {
        owner.subscribe(topic, to: sink, resumeAt: resumeAt)
    }
}
