import Base
import Market
import Schema
import Streams

@testable import Core

/// What is under way from one hub to another, until the test delivers it.
///
/// `@unchecked Sendable`: tests have one thread.
final class Post<Message: Sendable>: @unchecked Sendable {
    var batches: [[Message]] = []
    var link: HubLink<Message> { HubLink { [self] in batches.append($0) } }

    func takeFirst() -> [Message]? { batches.isEmpty ? nil : batches.removeFirst() }
}

/// A hub that owns the topics, and one on another loop that follows it.
struct LoopsFixture {
    let owner: HubFixture
    let turn = ManualTurn()
    let follower: Hub
    let news = Post<HubNews>()
    let wishes = Post<FollowerWish>()
    let metrics = MetricRegistry()

    init(eventsPerTopicMax: Int = 1024, topicsMax: Int = 1000) {
        var limits = HubLimits()
        limits.eventsPerTopicMax = eventsPerTopicMax
        limits.topicsMax = topicsMax
        let (news, wishes) = (news, wishes)
        owner = HubFixture(limits: limits) { $0.lead(news.link) }
        follower = Hub(
            following: owner.hub.directory, turn: turn, loop: 1, metrics: metrics, limits: limits,
            owner: wishes.link)
        settle()
    }

    /// The owner's turn ends, and everything arrives everywhere.
    func settle() {
        repeat {
            while let batch = wishes.takeFirst() { owner.hub.receive(batch) }
            owner.turn.end()
            deliver()
        } while !wishes.batches.isEmpty
    }

    /// The news so far arrive, all in one turn of the follower.
    func deliver() {
        while let batch = news.takeFirst() { follower.receive(batch) }
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
