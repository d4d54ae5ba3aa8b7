import Base
import Market
import Runtime
import Schema
import Streams

@testable import Core

/// A loop turn that ends when the test says so, and clocks that move when the test moves them.
final class ManualTurn: LoopTurn {
    private var atEnd: [() -> Void] = []
    private var timers: [(id: TimerID, due: Instant, work: () -> Void)] = []
    private var timersMade: UInt32 = 0
    private var monotonic = Instant(nanoseconds: 5_000_000_000)
    var now = Timestamp(nanoseconds: 1_700_000_000_000_000_000)

    func timestamp() -> Timestamp { now }
    func instant() -> Instant { monotonic }
    var timerCount: Int { timers.count }

    func schedule(after delay: Duration, _ work: @escaping () -> Void) -> TimerID {
        timersMade += 1
        let id = TimerID(slot: timersMade, generation: 0)
        timers.append((id, monotonic + delay, work))
        return id
    }

    func cancel(_ timer: TimerID) { timers.removeAll { $0.id == timer } }

    /// Lets time pass: timers fire when they are due, each in a turn of its own.
    func advance(_ duration: Duration) {
        let end = monotonic + duration
        while let next = timers.indices.min(by: { timers[$0].due < timers[$1].due }),
            timers[next].due <= end
        {
            let timer = timers.remove(at: next)
            move(to: max(timer.due, monotonic))
            timer.work()
            self.end()
        }
        move(to: end)
    }

    private func move(to instant: Instant) {
        now.nanoseconds += (instant - monotonic).wholeNanoseconds
        monotonic = instant
    }

    func atEndOfTurn(_ work: @escaping () -> Void) { atEnd.append(work) }

    func end() {
        while !atEnd.isEmpty {
            let work = atEnd
            atEnd = []
            for item in work { item() }
        }
    }
}

/// A client that can stop reading: decodes what it gets, refuses what it must.
final class FakeSink: FrameSink {
    var updates: [Update] = []
    var isBlocked = false
    /// Offers it still takes.
    var framesLeft = Int.max
    var onEnqueue: () -> Void = {}
    var onRefusal: () -> Void = {}
    /// As the sink is told to count them.
    var messagesCounted = 0

    func offer(_ frames: RawSpan) -> Bool {
        guard !isBlocked, framesLeft > 0 else {
            onRefusal()
            return false
        }
        framesLeft -= 1
        messagesCounted += 1
        take(frames)
        return true
    }

    func tookFurther(_ messages: Int) { messagesCounted += messages }

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
    var onDemand: (InstrumentBoard) -> Void = { _ in }
    private(set) var heirs: [InstrumentBoard] = []

    func lacks(_ symbol: Symbol) -> Bool { symbol.description == "NOT/LISTED" }
    func demand(_ board: InstrumentBoard) {
        demanded.append(board)
        onDemand(board)
    }

    func bookAdded(to board: InstrumentBoard) { added.append(board) }

    func inherited(_ board: InstrumentBoard) { heirs.append(board) }
}

struct HubFixture {
    let turn = ManualTurn()
    let venue = FakeVenue()
    let hub: Hub

    init(eventsPerTopicMax: Int = 1024) {
        var limits = HubLimits()
        limits.eventsPerTopicMax = eventsPerTopicMax
        self.init(limits: limits)
    }

    init(limits: HubLimits, beforeVenues prepare: (Hub) -> Void = { _ in }) {
        hub = Hub(turn: turn, metrics: MetricRegistry(), limits: limits)
        prepare(hub)
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
