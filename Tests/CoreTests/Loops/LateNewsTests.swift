import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

/// A client that goes on with what it was sent on the owner's loop, on a connection that it had to
/// another loop before, whose turn hears sockets before the owner's news.
@Suite struct LateNewsTests {
    private let loops = LoopsFixture()
    private let tickName = "tick:binance:BTC/USDT"
    private let tradeName = "trade:binance:BTC/USDT"

    private func trade(_ ids: ClosedRange<UInt64>, _ topic: Topic) {
        loops.owner.trade(ids, topic as! EventTopic)
    }

    private func position(_ topic: Topic) -> TopicPosition {
        TopicPosition(
            topic: topic.name, epoch: topic.position.epoch, sequence: topic.position.sequence)
    }

    private func wish(_ topic: Topic) -> SubscribeTopics {
        SubscribeTopics(id: 1, topics: [topic.name], positions: [position(topic)])
    }

    @Test func `events go on where the owner's loop stopped`() throws {
        let (there, here) = try loops.topic(tradeName)
        let client = DialogueClient(loops.follower)
        trade(1...5, there)
        #expect(here.position.sequence == 0 && there.position.sequence == 6)
        let answer = try #require(client.subscribe(wish(there)))
        #expect(answer.accepted.map(\.follows) == [.events])
        #expect(answer.accepted.map(\.firstSequence) == [7])
        trade(6...6, there)
        loops.settle()
        #expect(client.data.texts == ["6"])
    }

    @Test func `a state goes on with a delta`() throws {
        let (there, _) = try loops.topic(tickName)
        let client = DialogueClient(loops.follower)
        for step in 1...3 {
            (there as! TickTopic).apply(tick("1.\(step)", "2"), UInt64(step))
            loops.owner.turn.end()
        }
        let answer = try #require(client.subscribe(wish(there)))
        #expect(answer.accepted.map(\.follows) == [.delta] && client.data.isEmpty)
        (there as! TickTopic).apply(tick("1.4", "2"), 4)
        loops.settle()
        #expect(client.data.map(\.baseSequence) == [3])
    }

    @Test func `an epoch that has just begun is known`() throws {
        let (there, _) = try loops.topic("book:binance:BTC/USDT")
        let client = DialogueClient(loops.follower)
        var book = OrderBook()
        try book.set(.bid, price: decimal("1"), quantity: decimal("1"))
        (there as! BookTopic).apply(book, 1)
        loops.owner.turn.end()
        let answer = try #require(client.subscribe(wish(there)))
        #expect(answer.accepted.map(\.follows) == [.delta] && client.data.isEmpty)
    }

    @Test func `a token goes on as a position does`() throws {
        let (there, _) = try loops.topic(tradeName)
        trade(1...3, there)
        let token = ResumeToken(subscriptions: [wish(there)]).bytes(bytesMax: 4096)
        let client = DialogueClient(
            loops.follower, hello: Hello(protocolVersion: 1, resumeToken: token))
        guard case .welcome(let welcome)? = client.controls.first else {
            Issue.record("no welcome: \(client.controls)")
            return
        }
        #expect(welcome.restored.flatMap(\.accepted).map(\.follows) == [.events])
    }

    @Test func `what a start asks for is counted from the newest event that anybody was sent`()
        throws
    {
        let (there, _) = try loops.topic(tradeName)
        trade(1...5, there)
        let client = DialogueClient(loops.follower)
        _ = client.subscribe(SubscribeTopics(id: 1, topics: [tradeName], fromSequence: 5))
        _ = client.ask(.unsubscribe(Unsubscribe(id: 1)))
        _ = client.subscribe(SubscribeTopics(id: 1, topics: [tradeName], fromCount: 1))
        #expect(client.data.texts == ["4", "5", "5"])
    }

    /// A blocked connection of the owner's loop may get room before the turn ends.
    @Test func `what is published in the middle of a turn is told before it can be sent`() throws {
        let (there, here) = try loops.topic(tickName)
        (there as! TickTopic).apply(tick("1", "2"), 1)
        let session = loops.subscribe(there, to: FakeSink())
        #expect(there.position.sequence == 1)
        loops.follower.hearNews()
        #expect(here.position == there.position)
        session.end()
    }

    @Test func `a topic that is no more ends before a request for its name is answered`() throws {
        let (there, here) = try loops.topic(tickName)
        let client = DialogueClient(loops.follower)
        _ = client.subscribe(SubscribeTopics(id: 1, topics: [tickName]))
        loops.owner.hub.dissolve(loops.owner.venue.demanded[0])
        let answer = try #require(
            client.subscribe(SubscribeTopics(id: 2, topics: [tickName])))
        #expect(answer.rejected.isEmpty)
        #expect(answer.accepted.map(\.number) != [here.number])
        let order = client.sink.updates.compactMap { update -> String? in
            switch update.payload {
            case .rejected(let topic)?: "\(topic.name ?? "") ends"
            case .control(let control)?: control.answers.map { "answer \($0)" }
            default: nil
            }
        }
        #expect(order == ["answer 1", "answer 2", "\(tickName) ends", "answer 3"])
        #expect(there.subscriberCount == 0)
    }

    @Test func `a session that ends because of the news says nothing more`() throws {
        _ = try loops.topic(tickName)
        let client = DialogueClient(loops.follower)
        _ = client.subscribe(SubscribeTopics(id: 1, topics: [tickName]))
        loops.owner.hub.dissolve(loops.owner.venue.demanded[0])
        client.sink.onEnqueue = { [unowned client] in
            client.sink.onEnqueue = {}
            client.dialogue?.cancelled()
        }
        let before = client.sink.updates.count
        client.send(.ping(Ping(nonce: 1)))
        #expect(client.sink.updates.count == before + 1)
    }

    // MARK: History

    @Test func `a page of the past ends where the owner has published to`() throws {
        let (there, here) = try loops.topic(tradeName)
        trade(1...200, there)
        loops.follower.hearNews()
        var wish = HistoryWish()
        wish.eventsMax = 150
        let first = (here as! EventTopic).page(wish)
        #expect(first.events.count == 150 && first.nextSequence == 151)
        wish.start = .sequence(151)
        let second = (here as! EventTopic).page(wish)
        #expect(second.events.map(\.sequence) == (151...201).map { $0 })
        #expect(second.nextSequence == nil)
        #expect(first.events + second.events == (there as! EventTopic).page(HistoryWish()).events)
        wish.start = .count(100)
        #expect((here as! EventTopic).page(wish).events.map(\.sequence) == (102...201).map { $0 })
    }

    /// While a follower reads a page in pieces the owner goes on: here it is far ahead at once.
    @Test func `what is gone before the page comes to it is named`() throws {
        let loops = LoopsFixture(eventsPerTopicMax: 8)
        let (there, here) = try loops.topic(tradeName)
        loops.owner.trade(1...8, there as! EventTopic)
        loops.settle()
        for id in UInt64(9)...12 {
            (there as! EventTopic).append(
                .init(
                    id: id, price: decimal("1"), quantity: decimal("1"), side: .buy),
                eventTime: .unknown, receiveTime: .unknown)
        }
        var wish = HistoryWish()
        wish.start = .sequence(4)
        let page = (here as! EventTopic).page(wish)
        #expect(page.gone?.fromSequence == 4 && page.gone?.toSequence == 5)
        #expect(page.events.map(\.sequence) == [6, 7, 8, 9] && page.nextSequence == nil)
    }
}
