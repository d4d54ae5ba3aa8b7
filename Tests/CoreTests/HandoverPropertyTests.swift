import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

/// One stream of a venue's events is heard by two hubs, each as late as it likes; at a random
/// moment the second takes over. A client that resumes there ends with exactly the venue's truth.
@Suite struct HandoverPropertyTests {
    static let seeds: UInt64 = 600

    @Test func `who resumes at the successor has the truth, and each event once`() throws {
        for seed in 0..<Self.seeds {
            var life = try HandoverLife(seed: seed)
            do {
                try life.run()
            } catch {
                Issue.record("seed \(seed): \(error)")
                return
            }
        }
    }
}

/// What a venue says, in order.
private enum VenueEvent {
    case trade(UInt64)
    case tick(UInt64, Market.Tick)
    case book(UInt64, OrderBook.Side, price: Decimal, quantity: Decimal)
}

/// A venue's events as one process hears them: some late, some never.
private final class Ear {
    let fixture: HubFixture
    let tick: TickTopic
    let trades: EventTopic
    let books: [BookTopic]
    /// How many of the venue's events it has heard.
    private(set) var heard: Int
    private var known = VenueIDs()
    private var book: OrderBook
    private var bookSequence: UInt64

    static let bookNames = ["book:binance:BTC/USDT", "book:binance:BTC/USDT:3"]

    /// Begins to listen after so many events, with the book as it was then.
    init(_ fixture: HubFixture, after count: Int, _ book: OrderBook, _ sequence: UInt64) throws {
        self.fixture = fixture
        (heard, self.book, bookSequence) = (count, book, sequence)
        tick = try fixture.tick()
        trades = try fixture.trades()
        books = try Self.bookNames.map { try fixture.book($0) }
        sayBook()
    }

    func hear(_ event: VenueEvent, isLost: Bool) throws {
        heard += 1
        switch event {
        case .trade(let id):
            if isLost { return }
            if let last = known.trade {
                if id <= last { return }
                if id > last + 1 { trades.gap(from: last + 1, to: id - 1) }
            }
            known.trade = id
            trades.append(
                .init(id: id, price: decimal("\(id)"), quantity: decimal("1"), side: .sell),
                eventTime: .unknown, receiveTime: .unknown)
        case .tick(let id, let fresh):
            if isLost { return }
            if let last = known.tick, id <= last { return }
            known.tick = id
            tick.apply(fresh, id)
        case .book(let id, let side, let price, let quantity):
            try book.set(side, price: price, quantity: quantity)
            bookSequence = id
            sayBook()
        }
    }

    private func sayBook() {
        for topic in books { topic.apply(book, bookSequence) }
    }

    /// As the hub asks of a connector that has taken over.
    func resume() throws {
        let board = try #require(fixture.venue.heirs.first)
        let ids = board.heard
        if let id = ids.trade { known.trade = max(id, known.trade ?? 0) }
        if let id = ids.tick { known.tick = max(id, known.tick ?? 0) }
        sayBook()
    }
}

private struct HandoverLife {
    private var random: SeededRandom
    private var events: [VenueEvent] = []
    private var lastTrade: UInt64 = 100
    private var sequence: UInt64 = 1000
    /// The venue's truth.
    private var tick: Market.Tick?
    private var tickID: UInt64 = 0
    private var book = OrderBook()
    private let losses: Double

    init(seed: UInt64) throws {
        random = SeededRandom(seed: seed)
        losses = [0, 0, 0.05, 0.3][Int(random.next() % 4)]
        for price in 95...99 { try book.set(.bid, price: number(price), quantity: number(1)) }
        for price in 101...105 { try book.set(.ask, price: number(price), quantity: number(1)) }
    }

    private func number(_ mantissa: Int) -> Decimal {
        Decimal(mantissa: Int64(mantissa), exponent: 0)
    }

    mutating func run() throws {
        let first = try Ear(HubFixture(), after: 0, book, sequence)
        // Trades heard before the client came are not its business.
        try happen(5)
        try hear(first, 5, canLose: false)
        var client = Client()
        let sinks = [FakeSink(), FakeSink()]
        let sessions = client.join(first, sinks[0])
        try live(first, upTo: 30)

        // The successor's feeds begin with the book that the venue has now.
        try happen(Int(random.next() % 10))
        let second = try Ear(HubFixture(), after: events.count, book, sequence)
        var relay = Relay(from: first.fixture.hub, to: second.fixture.hub)
        var hasHistory = false
        for _ in 0..<Int(random.next() % 40) {
            try happen(Int(random.next() % 3))
            try hear(first, Int(random.next() % 4))
            try hear(second, Int(random.next() % 4))
            if random.chance(0.5) { first.fixture.turn.end() }
            if random.chance(0.5) { second.fixture.turn.end() }
            if !hasHistory, random.chance(0.1) {
                hasHistory = true
                try relay.tell(complete: false)
            }
        }
        if !hasHistory { try relay.tell(complete: false) }
        try hear(first, Int(random.next() % 6))
        // The client may be gone long before the predecessor is.
        if random.chance(0.5) { sessions.forEach { $0.end() } }
        try live(first, upTo: Int(random.next() % 10))

        try relay.tell(complete: true)
        second.fixture.hub.adopt(relay.inheritance)
        try second.resume()
        first.fixture.turn.end()
        sessions.forEach { $0.end() }
        try client.take(sinks[0], isSuccessor: false)
        if random.chance(0.7) { second.fixture.turn.end() }
        try live(second, upTo: Int(random.next() % 20))

        let others = client.join(second, sinks[1])
        try live(second, upTo: 20)
        try hear(second, events.count - second.heard)
        // The last trade of all is lost to nobody, so that every loss before it is named.
        try happen(trade: true)
        try hear(second, 1, canLose: false)
        try happen(tick: true)
        try hear(second, 1, canLose: false)
        second.fixture.turn.end()
        others.forEach { $0.end() }
        try client.take(sinks[1], isSuccessor: true)
        try compare(client, second)
    }

    // MARK: The venue

    private mutating func happen(_ count: Int) throws {
        for _ in 0..<count { try happen() }
    }

    private mutating func happen(trade: Bool = false, tick wantsTick: Bool = false) throws {
        let kind = trade ? 0 : wantsTick ? 3 : random.next() % 6
        switch kind {
        case 0..<3:
            lastTrade += 1
            events.append(.trade(lastTrade))
        case 3:
            tickID += 1 + random.next() % 3
            let fresh = Market.Tick(
                bidPrice: number(90 + Int(random.next() % 3)),
                bidQuantity: number(1 + Int(random.next() % 2)),
                askPrice: number(100 + Int(random.next() % 3)),
                askQuantity: number(1 + Int(random.next() % 2)))
            tick = fresh
            events.append(.tick(tickID, fresh))
        default:
            sequence += 1
            let side: OrderBook.Side = random.chance(0.5) ? .bid : .ask
            let price = number((side == .bid ? 91 : 101) + Int(random.next() % 9))
            let quantity = number(Int(random.next() % 4))
            try book.set(side, price: price, quantity: quantity)
            events.append(.book(sequence, side, price: price, quantity: quantity))
        }
    }

    // MARK: The processes

    private mutating func hear(_ ear: Ear, _ count: Int, canLose: Bool = true) throws {
        for _ in 0..<min(count, events.count - ear.heard) {
            let isLost = canLose && random.chance(losses)
            try ear.hear(events[ear.heard], isLost: isLost)
        }
    }

    private mutating func live(_ ear: Ear, upTo count: Int) throws {
        for _ in 0..<count {
            try happen(Int(random.next() % 2))
            try hear(ear, Int(random.next() % 3))
            if random.chance(0.6) { ear.fixture.turn.end() }
        }
    }

    private func compare(_ client: Client, _ ear: Ear) throws {
        for (index, topic) in ([ear.tick] + ear.books as [StateTopic]).enumerated() {
            var truth = ReferenceState()
            try truth.apply(topic.snapshot())
            guard client.states[index] == truth else {
                throw LifeError(text: "\(topic.name): \(client.states[index]) is not \(truth)")
            }
        }
        guard client.lastID == lastTrade else {
            throw LifeError(text: "trades end at \(String(describing: client.lastID))")
        }
        // What the successor shows is what the venue has.
        guard ear.tick.snapshot().venueSequence == tickID, let tick,
            case .tick(let shown)? = ear.tick.snapshot().payload,
            shown.bidPrice == tick.bidPrice.mantissa(at: 0),
            shown.askQuantity == tick.askQuantity.mantissa(at: 0)
        else { throw LifeError(text: "another tick") }
        for (topic, depth) in zip(ear.books, [50, 3]) {
            var window = DepthWindow(depth: depth)
            _ = window.update(from: book, sequence: 1)
            var change = BookChange()
            window.snapshot(into: &change)
            guard case .book(let shown)? = topic.snapshot().payload,
                shown == Wire.book(change, .all, isSnapshot: true)
            else { throw LifeError(text: "another book \(topic.name)") }
        }
    }
}

/// Merges what it gets of four topics; at the successor it resumes where it is.
private struct Client {
    private(set) var states = [ReferenceState(), ReferenceState(), ReferenceState()]
    private(set) var lastID: UInt64?
    private var trades: Position?
    private var numbers: [UInt32: Int] = [:]

    mutating func join(_ ear: Ear, _ sink: FakeSink) -> [Session] {
        let topics = [ear.tick] + ear.books + [ear.trades] as [Topic]
        numbers = [:]
        return topics.enumerated().map { index, topic in
            numbers[topic.number] = index
            let position = index < states.count ? states[index].position : trades
            return ear.fixture.subscribe(topic, to: sink, resumeAt: position)
        }
    }

    mutating func take(_ sink: FakeSink, isSuccessor: Bool) throws {
        for update in sink.updates {
            guard let index = update.topic.flatMap({ numbers[$0] }) else {
                throw LifeError(text: "a topic that nobody asked for")
            }
            if index == states.count {
                try take(update)
                continue
            }
            if isSuccessor, update.baseSequence == nil {
                throw LifeError(text: "a snapshot instead of a delta: \(update)")
            }
            try states[index].apply(update)
        }
    }

    private mutating func take(_ update: Update) throws {
        guard let epoch = update.epoch, let sequence = update.sequence else {
            throw LifeError(text: "no position")
        }
        let position = Position(epoch: epoch, sequence: sequence)
        if let trades, position != Position(epoch: trades.epoch, sequence: trades.sequence + 1) {
            throw LifeError(text: "\(position) after \(trades)")
        }
        trades = position
        let ids: ClosedRange<UInt64>
        switch update.payload {
        case .trade(let trade): ids = (trade.id ?? 0)...(trade.id ?? 0)
        case .gap(let gap): ids = (gap.fromID ?? 0)...(gap.toID ?? 0)
        default: return
        }
        if let lastID, ids.lowerBound != lastID + 1 {
            throw LifeError(text: "\(ids) after \(lastID)")
        }
        lastID = ids.upperBound
    }
}
