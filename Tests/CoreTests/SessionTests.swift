import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

/// What a session owes its client when the client is slow, and when topics end.
@Suite struct SessionTests {
    let fixture = HubFixture()

    @Test func `a slow reader's busy topics do not starve its quiet one`() throws {
        let quiet = try fixture.tick("tick:binance:AAA/USDT")
        let busy = try (0..<3).map { try fixture.tick("tick:binance:B\($0)/USDT") }
        let sink = FakeSink()
        let session = Session(codec: .protobuf, sink: sink)
        for topic in [quiet] + busy {
            topic.apply(tick("1", "2"), 1)
            _ = session.add(topic, resumeAt: nil)
        }
        // Room for one frame per turn, while the busy topics change in each.
        for step in 0..<20 {
            sink.framesLeft = 1
            session.becameWritable()
            for topic in busy { topic.apply(tick("\(10 + step)", "99"), 2) }
            fixture.turn.end()
        }
        let counts = ([quiet] + busy).map { topic in
            sink.updates.count { $0.topic == topic.number }
        }
        #expect(counts[0] == 1)
        #expect(counts.allSatisfy { $0 > 0 })
        session.end()
    }

    @Test func `a dissolved topic tells every session, though telling one may end another`() throws
    {
        let topic = try fixture.tick()
        let board = try #require(fixture.venue.demanded.first)
        let sinks = (0..<4).map { _ in FakeSink() }
        let sessions = sinks.map { fixture.subscribe(topic, to: $0) }
        // As when the queue of the first one's connection is full: its call and a neighbour end.
        sinks[0].onEnqueue = {
            sessions[0].end()
            sessions[1].end()
        }
        fixture.hub.dissolve(board)
        let told = sinks.map { sink in
            sink.updates.contains { if case .rejected? = $0.payload { true } else { false } }
        }
        #expect(told == [true, false, true, true])
        #expect(topic.subscriberCount == 0)
    }

    @Test func `a removed price that shares no scale with the book's new ones means a snapshot`()
        throws
    {
        let topic = try fixture.book()
        let sink = FakeSink()
        let session = fixture.subscribe(topic, to: sink)
        var book = OrderBook()
        try book.set(.bid, price: decimal("1"), quantity: decimal("1"))
        try book.set(.ask, price: decimal("9000000000000000000"), quantity: decimal("1"))
        topic.apply(book, 1)
        fixture.turn.end()
        try book.set(.ask, price: decimal("9000000000000000000"), quantity: .zero)
        try book.set(.ask, price: decimal("1.5"), quantity: decimal("1"))
        topic.apply(book, 2)
        fixture.turn.end()
        let last = try #require(sink.updates.last)
        #expect(last.baseSequence == nil)
        guard case .book(let shown)? = last.payload else {
            Issue.record("no book")
            return
        }
        #expect(shown.asks?.prices == [15])
        session.end()
    }
}
