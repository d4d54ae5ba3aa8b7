import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

/// State topics that go on in another hub.
@Suite struct HandoverStateTests {
    let old = HubFixture()
    let new = HubFixture()

    private func book(_ bids: [(String, String)]) throws -> OrderBook {
        var book = OrderBook()
        for (price, quantity) in bids {
            try book.set(.bid, price: decimal(price), quantity: decimal(quantity))
        }
        try book.set(.ask, price: decimal("200"), quantity: decimal("1"))
        return book
    }

    private func anonymous(_ update: Update) -> Update {
        var update = update
        update.topic = nil
        return update
    }

    // MARK: Ticks

    @Test func `a tick goes on with what changed since the client's position`() throws {
        let topic = try old.tick()
        topic.apply(
            tick("100", "101"), venueSequence: 1, eventTime: .init(nanoseconds: 7),
            receiveTime: .init(nanoseconds: 8))
        old.turn.end()
        let known = topic.position
        topic.apply(
            tick("100.5", "101"), venueSequence: 2, eventTime: .init(nanoseconds: 9),
            receiveTime: .init(nanoseconds: 10))
        old.turn.end()
        try new.takeOver(old)
        let heir = try new.tick()
        #expect(heir.position == topic.position)
        #expect(anonymous(heir.snapshot()) == anonymous(topic.snapshot()))
        let updates = new.updates(of: heir, after: known)
        #expect(updates == old.updates(of: topic, after: known))
        #expect(updates.count == 1 && updates[0].baseSequence == known.sequence)
        guard case .tick(let change)? = updates[0].payload else {
            Issue.record("no tick")
            return
        }
        #expect(change.bidPrice == 1005 && change.askPrice == nil && change.bidQuantity == nil)
        #expect(new.updates(of: heir, after: topic.position).isEmpty)
    }

    @Test func `an own tick that is older is ignored, one that is newer is told as a change`()
        throws
    {
        for (own, isNewer) in [(UInt64(4), false), (5, false), (6, true)] {
            let (old, new) = (HubFixture(), HubFixture())
            try old.tick().apply(tick("100", "101"), 5)
            try new.tick().apply(tick("99", "101"), own)
            new.turn.end()
            old.turn.end()
            let position = try old.tick().position
            try new.takeOver(old)
            let heir = try new.tick()
            let next = position.sequence + (isNewer ? 1 : 0)
            #expect(heir.position == Position(epoch: position.epoch, sequence: next))
            #expect(heir.snapshot().venueSequence == (isNewer ? 6 : 5))
            let updates = new.updates(of: heir, after: position)
            #expect(updates.count == (isNewer ? 1 : 0))
            guard isNewer else { continue }
            guard case .tick(let change)? = updates[0].payload else {
                Issue.record("no tick")
                continue
            }
            #expect(updates[0].baseSequence == position.sequence)
            #expect(change.bidPrice == 99 && change.askPrice == nil)
        }
    }

    @Test func `a tick that the predecessor never had is told where it stopped`() throws {
        let position = try old.tick().position
        try new.tick().apply(tick("99", "101"), 3)
        new.turn.end()
        try new.takeOver(old)
        let heir = try new.tick()
        #expect(heir.position == Position(epoch: position.epoch, sequence: 1))
        #expect(heir.status == .live && heir.hasState)
    }

    @Test func `a tick that nobody has yet is none`() throws {
        let position = try old.tick().position
        try new.takeOver(old)
        let heir = try new.tick()
        #expect(heir.position == position && !heir.hasState && heir.status == .stale)
    }

    @Test func `after the handover a tick counts on`() throws {
        let topic = try old.tick()
        topic.apply(tick("100", "101"), 5)
        old.turn.end()
        try new.takeOver(old)
        let heir = try new.tick()
        heir.apply(tick("100", "102"), 6)
        new.turn.end()
        #expect(heir.position.epoch == topic.position.epoch)
        #expect(heir.position.sequence == topic.position.sequence + 1)
        #expect(new.updates(of: heir, after: topic.position).map(\.baseSequence) == [1])
    }

    // MARK: Statuses

    @Test(arguments: [Schema.Status.live, .stale, .resyncing])
    func `a status is told to those who have not been told`(status: Schema.Status) throws {
        let topic = try old.tick()
        topic.apply(tick("100", "101"), 1)
        old.turn.end()
        let positions = [topic.position]
        topic.setStatus(status == .live ? .stale : status)
        old.turn.end()
        topic.setStatus(status)
        topic.apply(tick("100", "101"), 2)
        topic.setStatus(status)
        old.turn.end()
        try new.takeOver(old)
        let heir = try new.tick()
        #expect(heir.status == status)
        for position in positions + [topic.position] {
            let updates = new.updates(of: heir, after: position)
            #expect(updates == old.updates(of: topic, after: position))
            #expect(updates.count == (position == topic.position ? 0 : 1))
        }
    }

    @Test func `a change of status after the handover is told`() throws {
        let topic = try old.tick()
        topic.apply(tick("100", "101"), 1)
        old.turn.end()
        try new.takeOver(old)
        let heir = try new.tick()
        heir.setStatus(.stale)
        new.turn.end()
        let updates = new.updates(of: heir, after: topic.position)
        #expect(updates.map(\.status) == [.stale])
        #expect(updates.map(\.payload) == [nil])
    }

    // MARK: Books

    @Test(arguments: ["book:binance:BTC/USDT", "book:binance:BTC/USDT:2"])
    func `a book goes on with a delta, not a snapshot`(name: String) throws {
        let topic = try old.book(name)
        topic.apply(try book([("100", "1"), ("99", "1")]), 1)
        old.turn.end()
        let known = topic.position
        topic.apply(try book([("100", "2"), ("98", "1")]), 2)
        old.turn.end()
        try new.takeOver(old)
        let heir = try new.book(name)
        #expect(heir.position == topic.position)
        #expect(anonymous(heir.snapshot()) == anonymous(topic.snapshot()))
        let updates = new.updates(of: heir, after: known)
        #expect(updates == old.updates(of: topic, after: known))
        #expect(updates.map(\.baseSequence) == [known.sequence])
        guard case .book(let change)? = updates[0].payload else {
            Issue.record("no book")
            return
        }
        #expect(Set(change.bids?.prices ?? []) == [100, 99, 98] && change.asks == nil)
    }

    @Test func `an own book is ignored until it is beyond, then it is a delta in the same epoch`()
        throws
    {
        let topic = try old.book()
        topic.apply(try book([("100", "1"), ("99", "1")]), 10)
        old.turn.end()
        try new.book().apply(try book([("97", "5")]), 8)
        new.turn.end()
        try new.takeOver(old)
        let heir = try new.book()
        heir.apply(try book([("97", "5")]), 8)
        heir.apply(try book([("97", "5"), ("98", "1")]), 9)
        new.turn.end()
        #expect(heir.position == topic.position)
        #expect(anonymous(heir.snapshot()) == anonymous(topic.snapshot()))
        heir.apply(try book([("100", "1"), ("99", "1")]), 10)
        new.turn.end()
        #expect(heir.position == topic.position)
        heir.apply(try book([("100", "1"), ("99", "3")]), 11)
        new.turn.end()
        #expect(heir.position.epoch == topic.position.epoch)
        #expect(heir.position.sequence == topic.position.sequence + 1)
        let updates = new.updates(of: heir, after: topic.position)
        guard case .book(let change)? = updates.first?.payload else {
            Issue.record("no book")
            return
        }
        #expect(updates[0].baseSequence == topic.position.sequence)
        #expect(updates[0].venueSequence == 11)
        #expect(change.bids?.prices == [99] && change.bids?.quantities == [3])
    }

    @Test func `a newer book of another scale is a delta, too`() throws {
        let topic = try old.book()
        topic.apply(try book([("100.125", "1"), ("99", "1")]), 10)
        old.turn.end()
        try new.takeOver(old)
        let heir = try new.book()
        heir.apply(try book([("100", "0.00001"), ("99", "1")]), 12)
        new.turn.end()
        var client = ReferenceState()
        try client.apply(topic.snapshot())
        for update in new.updates(of: heir, after: topic.position) {
            #expect(update.baseSequence != nil)
            try client.apply(update)
        }
        var truth = ReferenceState()
        try truth.apply(heir.snapshot())
        #expect(client == truth)
    }

    @Test(arguments: [Schema.Status.stale, .resyncing])
    func `a book that was not in sync begins a new epoch with the own one`(
        status: Schema.Status
    ) throws {
        let topic = try old.book()
        topic.apply(try book([("100", "1")]), 10)
        topic.setStatus(status)
        old.turn.end()
        try new.takeOver(old)
        let heir = try new.book()
        #expect(heir.status == status && heir.hasState)
        #expect(new.updates(of: heir, after: topic.position).isEmpty)
        // The venue may have begun to count anew.
        heir.apply(try book([("101", "1")]), 3)
        new.turn.end()
        #expect(heir.status == .live && heir.position.sequence == 1)
        #expect(heir.position.epoch != topic.position.epoch)
    }

    @Test func `a book that was never filled is filled by the own feed`() throws {
        let position = try old.book().position
        try new.book().apply(try book([("100", "1")]), 3)
        new.turn.end()
        try new.takeOver(old)
        let heir = try new.book()
        #expect(heir.position == position && !heir.hasState)
        heir.apply(try book([("100", "1")]), 3)
        new.turn.end()
        #expect(heir.hasState && heir.status == .live && heir.position.epoch != position.epoch)
    }

    @Test func `a book of a special depth is kept for subscribers who come over`() throws {
        let name = "book:binance:BTC/USDT:7"
        try old.book(name).apply(try book([("100", "1")]), 1)
        old.turn.end()
        try new.takeOver(old)
        new.turn.now.nanoseconds += BookTopic.keepLimit.wholeNanoseconds
        let board = try #require(new.venue.demanded.first)
        let heir = try #require(board.books.first { $0.depth == 7 })
        heir.apply(try book([("100", "1")]), 2)
        #expect(heir.hasState)
        new.turn.now.nanoseconds += 1
        heir.apply(try book([("100", "1")]), 3)
        #expect(!heir.hasState)
    }

    @Test func `a subscriber of all deltas loses nothing and gets nothing twice`() throws {
        let topic = try old.book()
        var positions: [Position] = []
        for step in 1...40 {
            topic.apply(try book([("\(100 + step % 7)", "\(step)"), ("50", "1")]), UInt64(step))
            old.turn.end()
            positions.append(topic.position)
        }
        try new.takeOver(old)
        let heir = try new.book()
        for position in positions {
            #expect(
                new.updates(of: heir, after: position) == old.updates(of: topic, after: position))
        }
    }
}
