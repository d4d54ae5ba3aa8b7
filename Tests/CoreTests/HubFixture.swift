import Base
import Market
import Schema
import Streams

@testable import Core

/// A loop turn that ends when the test says so, and a clock that stands still.
final class ManualTurn: LoopTurn {
    private var atEnd: [() -> Void] = []
    var now = Timestamp(nanoseconds: 1_700_000_000_000_000_000)

    func timestamp() -> Timestamp { now }
    func atEndOfTurn(_ work: @escaping () -> Void) { atEnd.append(work) }

    func end() {
        let work = atEnd
        atEnd = []
        for item in work { item() }
    }
}

/// A client that can stop reading: decodes what it gets, refuses what it must.
final class FakeSink: FrameSink {
    var updates: [Update] = []
    var isBlocked = false
    /// Offers it still takes.
    var framesLeft = Int.max
    var onEnqueue: () -> Void = {}

    func offer(_ frames: RawSpan) -> Bool {
        guard !isBlocked, framesLeft > 0 else { return false }
        framesLeft -= 1
        take(frames)
        return true
    }

    func enqueue(_ frames: RawSpan) {
        take(frames)
        onEnqueue()
    }

    private func take(_ frames: RawSpan) {
        var bytes = frames.copyBytes()[...]
        while bytes.count >= 5 {
            let length = bytes.dropFirst().prefix(4).reduce(0) { $0 << 8 | Int($1) }
            let message = Array(bytes.dropFirst(5).prefix(length))
            bytes = bytes.dropFirst(5 + length)
            guard let update = try? Update(decoding: message.span.bytes, .protobuf) else {
                preconditionFailure("an update that cannot be decoded")
            }
            updates.append(update)
        }
    }
}

/// A venue that lists everything but `NOT/LISTED`.
final class FakeVenue: VenueConnector {
    let venue = "binance"
    var instruments: [Market.Instrument] = []
    var demanded: [InstrumentBoard] = []
    var added: [InstrumentBoard] = []

    func lacks(_ symbol: Symbol) -> Bool { symbol.description == "NOT/LISTED" }
    func demand(_ board: InstrumentBoard) { demanded.append(board) }
    func bookAdded(to board: InstrumentBoard) { added.append(board) }
}

struct HubFixture {
    let turn = ManualTurn()
    let venue = FakeVenue()
    let hub: Hub

    init(eventsPerTopicMax: Int = 1024) {
        var limits = HubLimits()
        limits.eventsPerTopicMax = eventsPerTopicMax
        hub = Hub(turn: turn, metrics: MetricRegistry(), limits: limits)
        hub.register(venue)
    }

    func tick(_ name: String = "tick:binance:BTC/USDT") throws -> TickTopic {
        try hub.topic(named: name) as! TickTopic
    }

    func book(_ name: String = "book:binance:BTC/USDT") throws -> BookTopic {
        try hub.topic(named: name) as! BookTopic
    }

    func trades(_ name: String = "trade:binance:BTC/USDT") throws -> EventTopic {
        try hub.topic(named: name) as! EventTopic
    }

    func subscribe(_ topic: Topic, to sink: FakeSink, resumeAt: Position? = nil) -> Session {
        let session = Session(codec: .protobuf, sink: sink)
        _ = session.add(topic, resumeAt: resumeAt)
        session.becameWritable()
        return session
    }
}

func decimal(_ text: String) -> Decimal { Decimal(text)! }

func tick(_ bid: String, _ ask: String) -> Market.Tick {
    Market.Tick(
        bidPrice: decimal(bid), bidQuantity: decimal("1"), askPrice: decimal(ask),
        askQuantity: decimal("2"))
}

extension TickTopic {
    func apply(_ tick: Market.Tick, _ venueSequence: UInt64) {
        apply(tick, venueSequence: venueSequence, eventTime: .unknown, receiveTime: .unknown)
    }
}

extension BookTopic {
    func apply(_ book: borrowing OrderBook, _ venueSequence: UInt64) {
        apply(book: book, venueSequence: venueSequence, eventTime: .unknown, receiveTime: .unknown)
    }
}
