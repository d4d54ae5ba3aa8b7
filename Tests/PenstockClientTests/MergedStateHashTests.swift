import Market
import PenstockClient
import Schema
import Streams
import Testing

@Suite struct MergedStateHashTests {
    /// As the server makes it: status, then bids and asks, best first.
    static func served() -> StateHash {
        var hash = StateHash(status: 1)
        for (price, quantity) in [("100", "1"), ("99.9", "2.5")] {
            hash.add("bid", Level(price: Decimal(price)!, quantity: Decimal(quantity)!))
        }
        for (price, quantity) in [("100.01", "0.5"), ("100.5", "0.001")] {
            hash.add("ask", Level(price: Decimal(price)!, quantity: Decimal(quantity)!))
        }
        return hash
    }

    static let position = Position(epoch: 9, sequence: 10)

    @Test func `a merged book has the server's count and hash`() throws {
        let book = try makeBook()
        #expect(book.hash == Self.served() && book.hash.count == 4)
        #expect(book.agrees(position: Self.position, count: 4, hash: Self.served().value) == true)
    }

    @Test(arguments: [
        bookUpdate(11, base: 10, bids: [(10_000, 1001)]),
        bookUpdate(11, base: 10, bids: [(9990, 0)]),
        bookUpdate(11, base: 10, asks: [(10_002, 1)]),
        bookUpdate(11, base: 10, status: .resyncing),
    ])
    func `a state that is wrong anywhere does not agree`(_ change: Update) throws {
        var book = try makeBook()
        _ = try book.apply(change)
        let position = Position(epoch: 9, sequence: 11)
        #expect(book.agrees(position: position, count: 4, hash: Self.served().value) == false)
    }

    @Test func `what the server did not say, or said of another position, is not compared`() throws
    {
        let book = try makeBook()
        #expect(book.agrees(position: Self.position, count: nil, hash: nil) == nil)
        #expect(book.agrees(position: nil, count: 4, hash: 1) == nil)
        let other = Position(epoch: 9, sequence: 9)
        #expect(book.agrees(position: other, count: 4, hash: 1) == nil)
    }

    @Test func `a tick is hashed by the fields it has`() throws {
        var state = MergedState(topic: tickTopic)
        state.accepted(accepted(tickTopic))
        _ = try state.apply(
            Update(
                topic: 1, epoch: 9, sequence: 1, status: .live,
                payload: .tick(Tick(bidPrice: 6_183_763, priceExponent: -2))))
        var hash = StateHash(status: 1)
        hash.add("bid_price", Decimal("61837.63")!)
        #expect(state.hash == hash)
    }

    // MARK: What a subscription asks

    @Test func `filter and beginning are asked of every call, positions beside them`() throws {
        let wanted = SubscribeRequest(filter: "side == buy", fromCount: 5)
        var machine = SubscriptionMachine(topics: [tradeTopic], wanted: wanted)
        #expect(machine.request.filter == "side == buy" && machine.request.fromCount == 5)
        var entry = accepted(tradeTopic, number: 4, sequence: 40)
        entry.startSequence = 35
        try machine.received(Update(payload: .subscribed(Subscribed(accepted: [entry])))) { _, _ in
        }
        #expect(machine.request.resume.map(\.sequence) == [35])
        var delivered = 0
        try machine.received(tradeUpdate(36, topic: 4)) { _, _ in delivered += 1 }
        // Nothing in (36, 39] passed.
        try machine.received(
            Update(topic: 4, epoch: 9, sequence: 39, baseSequence: 36)
        ) { _, _ in delivered += 1 }
        #expect(delivered == 1 && machine.request.resume.map(\.sequence) == [39])
        #expect(machine.request.filter == "side == buy")
    }
}
