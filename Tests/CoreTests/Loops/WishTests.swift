import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

/// What other loops ask of the owner, and what the directory of names keeps of it.
@Suite struct WishTests {
    private let name = "tick:binance:BTC/USDT"

    @Test func `an instrument is fetched although the book that it was named for is refused`()
        throws
    {
        let loops = LoopsFixture(topicsMax: 4)
        let book = "book:binance:BTC/USDT:7"
        #expect(throws: TopicRefusal.self) { try loops.follower.topic(named: book) }
        loops.settle()
        let here = try loops.follower.topic(named: name)
        #expect(loops.owner.venue.demanded.map(\.symbol.description) == ["BTC/USDT"])
        try loops.owner.tick().apply(tick("1", "2"), 1)
        loops.settle()
        #expect(here.position.sequence == 1)
    }

    @Test func `a topic that ended before another loop heard of it takes no place there`() throws {
        let loops = LoopsFixture(topicsMax: 4)
        _ = try loops.owner.tick()
        loops.owner.hub.dissolve(loops.owner.venue.demanded[0])
        let there = try loops.owner.tick("tick:binance:ETH/USDT")
        there.apply(tick("1", "2"), 1)
        loops.settle()
        let here = try loops.follower.topic(named: "tick:binance:ETH/USDT")
        #expect(here.number == there.number && here.position == there.position)
        #expect(loops.follower.knownTopic(named: name) == nil)
    }

    @Test func `a book of another depth comes with its number to the other loop`() throws {
        let loops = LoopsFixture()
        let (there, here) = try loops.topic("book:binance:BTC/USDT:7")
        #expect(there.number == here.number)
        #expect((here as! BookTopic).depth == 7)
    }

    @Test func `a book of another depth that is refused leaves no name behind`() throws {
        let loops = LoopsFixture()
        _ = try loops.follower.topic(named: "book:binance:NOT/LISTED:7")
        #expect(loops.follower.directory.count == 5)
        loops.settle()
        #expect(loops.follower.directory.count == 0)
    }

    @Test func `an instrument that ends takes the names with it that only other loops know`()
        throws
    {
        let loops = LoopsFixture()
        _ = try loops.topic(name)
        _ = try loops.follower.topic(named: "book:binance:BTC/USDT:7")
        loops.owner.hub.dissolve(loops.owner.venue.demanded[0])
        #expect(loops.follower.directory.count == 0)
    }

    @Test func `the wishes of a turn are one batch, and what comes of them wakes once`() throws {
        let loops = LoopsFixture()
        let symbols = ["A", "B", "C", "D", "E"].map { "\($0)/USDT" }
        for symbol in symbols { _ = try loops.follower.topic(named: "tick:binance:\(symbol)") }
        #expect(loops.post.batches.isEmpty)
        loops.turn.end()
        #expect(loops.post.batches.map(\.count) == [symbols.count])
        let before = loops.post.wakeups
        loops.answer()
        #expect(loops.post.wakeups == before + 1)
        #expect(loops.owner.venue.demanded.count == symbols.count)
    }

    // MARK: Echo

    @Test func `however many wait to be up to date, one echo is under way`() throws {
        let loops = LoopsFixture()
        _ = try loops.topic(name)
        loops.settle()
        var served: [Int] = []
        for number in 0..<100 { loops.follower.whenUpToDate { served.append(number) } }
        loops.turn.end()
        #expect(loops.post.batches.map(\.count) == [1])
        for number in 100..<200 { loops.follower.whenUpToDate { served.append(number) } }
        loops.turn.end()
        #expect(loops.post.batches.count == 1)
        loops.answer()
        loops.deliver()
        #expect(served == Array(0..<100))
        #expect(loops.post.batches.map(\.count) == [1])
        loops.settle()
        #expect(served == Array(0..<200))
        #expect(loops.post.batches.isEmpty)
    }

    @Test func `an echo comes after what was wished before it`() throws {
        let loops = LoopsFixture()
        loops.owner.venue.onDemand = { board in
            board.tick.apply(tick("1", "2"), 1)
        }
        let here = try loops.follower.topic(named: name)
        var sequences: [UInt64] = []
        loops.follower.whenUpToDate { sequences.append(here.position.sequence) }
        loops.settle()
        #expect(sequences == [1])
    }

    @Test func `the echoes of several loops are one publication`() throws {
        let loops = LoopsFixture()
        let (there, here) = try loops.topic(name)
        (there as! TickTopic).apply(tick("1", "2"), 1)
        let before = loops.post.wakeups
        loops.owner.hub.receive([.echo(0)])
        loops.owner.hub.receive([.echo(1)])
        loops.owner.hub.receive([.echo(2)])
        loops.owner.turn.end()
        #expect(loops.post.wakeups == before + 2)
        loops.deliver()
        #expect(here.position.sequence == 1)
    }

    @Test func `who waits when the hub ends is let go`() throws {
        final class Waiter {}
        weak var waiter: Waiter?
        do {
            let loops = LoopsFixture()
            let fresh = Waiter()
            waiter = fresh
            loops.follower.whenUpToDate { _ = fresh }
            loops.turn.end()
        }
        #expect(waiter == nil)
    }
}
