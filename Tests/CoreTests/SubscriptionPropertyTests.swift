import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

/// Random lives of one subscriber: changes, time, stalls, resumes and new options in any order.
/// Whatever happens, each update leads from what the client has to the truth at its sequence, what
/// the server says was sent is what the client has, and in the end the client has everything.
@Suite struct SubscriptionPropertyTests {
    static let seeds: Int = 1200

    @Test(arguments: [false, true])
    func `a state is right after every update, for any fields, rate and history`(
        onAnotherLoop: Bool
    ) throws {
        for seed in 0..<Self.seeds {
            var life = try StateLife(seed: UInt64(seed), LifeStage(onAnotherLoop: onAnotherLoop))
            do {
                for _ in 0..<60 { try life.step() }
                try life.settle()
            } catch {
                Issue.record("seed \(seed): \(error) after \(life.log.suffix(8))")
                return
            }
        }
    }

    @Test(arguments: [false, true])
    func `events come once and in order or are named by a gap, for any rate and history`(
        onAnotherLoop: Bool
    ) throws {
        for seed in 0..<Self.seeds {
            var life = try EventLife(
                seed: UInt64(seed),
                LifeStage(onAnotherLoop: onAnotherLoop, eventsPerTopicMax: 24))
            do {
                for _ in 0..<60 { try life.step() }
                try life.settle()
            } catch {
                Issue.record("seed \(seed): \(error) after \(life.log.suffix(8))")
                return
            }
        }
    }
}

struct LifeError: Error { var text: String }

let lifeRates: [Rate?] = [
    nil, .ui, .backbone, .pro, Rate(perSecond: 5, burst: 2), Rate(interval: .milliseconds(1)),
]

/// Where a life happens: topics change in one hub, and are served by it or by one on another loop
/// that hears of the changes some time later.
struct LifeStage {
    let owner: HubFixture
    private let loops: LoopsFixture?

    init(onAnotherLoop: Bool, eventsPerTopicMax: Int = 1024) {
        loops = onAnotherLoop ? LoopsFixture(eventsPerTopicMax: eventsPerTopicMax) : nil
        owner = loops?.owner ?? HubFixture(eventsPerTopicMax: eventsPerTopicMax)
    }

    /// The topic as subscribers see it.
    func served(_ topic: Topic) throws -> Topic {
        guard let loops else { return topic }
        loops.settle()
        return try loops.follower.topic(named: topic.name)
    }

    /// The turns end, now or then before the news have arrived on the other loop.
    func endTurn(_ random: inout SeededRandom) {
        owner.turn.end()
        if random.chance(0.6) { loops?.deliver() }
        loops?.turn.end()
    }

    func advance(_ time: Duration) {
        owner.turn.advance(time)
        loops?.turn.advance(time)
    }

    func settle() {
        owner.turn.end()
        loops?.settle()
    }
}

struct StateLife {
    let stage: LifeStage
    let topic: StateTopic
    let served: Topic
    let sink = FakeSink()
    var random: SeededRandom
    var session: Session
    var subscription: Subscription
    var options = SubscriptionOptions()
    var client = ReferenceState()
    var truth: [Position: ReferenceState] = [:]
    var book = OrderBook()
    var venueSequence: UInt64 = 0
    var log: [String] = []
    var seen = 0
    let isBook: Bool
    var filter: LifeFilter?

    init(seed: UInt64, _ stage: LifeStage) throws {
        self.stage = stage
        random = SeededRandom(seed: seed)
        isBook = seed % 2 == 0
        topic = isBook ? try stage.owner.book("book:binance:BTC/USDT:3") : try stage.owner.tick()
        served = try stage.served(topic)
        options = Self.options(isBook, &random)
        filter = LifeFilter.pick(of: isBook ? LifeFilter.book : LifeFilter.tick, &random)
        options.filter = try filter?.program(of: topic)
        options.start = [nil, .latest, .live][Int(random.next() % 3)]
        session = Session(codec: .protobuf, sink: sink)
        (subscription, _) = session.add(served, options, resumeAt: nil)
        session.becameWritable()
        record()
        try read()
    }

    static func options(_ isBook: Bool, _ random: inout SeededRandom) -> SubscriptionOptions {
        var options = SubscriptionOptions()
        options.rate = lifeRates[Int(random.next() % UInt64(lifeRates.count))]
        let bits = UInt16(random.next() % (isBook ? 3 : 15)) + 1
        let whole: UInt16 = isBook ? 3 : 15
        options.fields = bits == whole ? .all : FieldSet(rawValue: bits)
        return options
    }

    mutating func step() throws {
        switch random.next() % 16 {
        case 0..<7: change()
        case 7..<10: wait()
        case 10: sink.isBlocked = true
        case 11, 12: unblock()
        case 13: log.append(setStatus())
        case 14: try reoption()
        default: resume()
        }
        stage.owner.turn.end()
        record()
        stage.endTurn(&random)
        try read()
    }

    mutating func change() {
        log.append("change")
        venueSequence += 1
        if let topic = topic as? BookTopic {
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let isBid = random.chance(0.5)
                let price = isBid ? Int64(random.next() % 8) + 90 : Int64(random.next() % 8) + 101
                let quantity = Int64(random.next() % 4)
                try? book.set(
                    isBid ? .bid : .ask, price: Decimal(mantissa: price, exponent: -1),
                    quantity: Decimal(mantissa: quantity, exponent: 0))
            }
            topic.apply(book, venueSequence)
        } else if let topic = topic as? TickTopic {
            func number(_ base: Int64) -> Decimal {
                Decimal(mantissa: base + Int64(random.next() % 3), exponent: -2)
            }
            topic.apply(
                Market.Tick(
                    bidPrice: number(100), bidQuantity: number(1), askPrice: number(200),
                    askQuantity: number(1)), venueSequence)
        }
    }

    mutating func wait() {
        let time = Duration.milliseconds(Int64(random.next() % 300))
        log.append("wait \(time)")
        stage.advance(time)
    }

    mutating func unblock() {
        log.append("unblock")
        sink.isBlocked = false
        session.becameWritable()
    }

    mutating func setStatus() -> String {
        let status = [Schema.Status.live, .stale, .resyncing][Int(random.next() % 3)]
        topic.setStatus(status)
        return "status \(status)"
    }

    mutating func reoption() throws {
        let old = options.fields
        options = Self.options(isBook, &random)
        filter = LifeFilter.pick(of: isBook ? LifeFilter.book : LifeFilter.tick, &random)
        options.filter = try filter?.program(of: topic)
        log.append(
            "options \(options.fields.rawValue) \(String(describing: options.rate)) "
                + (filter?.text ?? ""))
        _ = session.change(subscription, to: options)
        // What the client has of fields it did not ask for means nothing; a snapshot follows when
        // it gets new ones.
        if options.fields.isSubset(of: old) {
            let (position, status) = (client.position, client.status)
            client = client.projected(options.fields, isBook: isBook)
            (client.position, client.status) = (position, status)
        } else {
            client.position = nil
        }
        session.becameWritable()
    }

    mutating func resume() {
        log.append("resume")
        session.end()
        sink.isBlocked = false
        options.start = nil
        session = Session(codec: .protobuf, sink: sink)
        (subscription, _) = session.add(served, options, resumeAt: client.position)
        session.becameWritable()
    }

    mutating func record() {
        var state = ReferenceState()
        try? state.apply(topic.snapshot())
        truth[topic.position] = state
    }

    mutating func read() throws {
        for update in sink.updates.dropFirst(seen) {
            do {
                try client.apply(update)
            } catch {
                throw LifeError(
                    text: "\(error): \(update) at \(String(describing: client.position))")
            }
            guard let position = client.position, let whole = truth[position] else {
                throw LifeError(text: "no such state: \(String(describing: client.position))")
            }
            let expected = whole.projected(options.fields, isBook: isBook)
            if client.projected(options.fields, isBook: isBook) != expected {
                throw LifeError(text: "\(client) is not \(expected)")
            }
            if update.baseSequence != nil, update.status == nil, filter?.passes(whole) == false {
                throw LifeError(text: "\(whole) does not pass \(filter?.text ?? "")")
            }
        }
        seen = sink.updates.count
        if subscription.sent != client.position {
            throw LifeError(
                text: "sent \(String(describing: subscription.sent)), "
                    + "the client has \(String(describing: client.position))")
        }
    }

    /// The trailing edge: without further changes everything arrives.
    mutating func settle() throws {
        log.append("settle")
        change()
        stage.owner.turn.end()
        record()
        stage.settle()
        sink.isBlocked = false
        session.becameWritable()
        stage.advance(.seconds(2))
        try read()
        let expected = truth[topic.position]?.projected(options.fields, isBook: isBook)
        let isAwaiting = client.position == nil
        let mayBeOld = truth[topic.position].flatMap { filter?.passes($0) } != true && filter != nil
        if !isAwaiting, !mayBeOld, client.projected(options.fields, isBook: isBook) != expected {
            throw LifeError(text: "the end did not arrive: \(client), \(topic.position)")
        }
        if options.fields == .all, !mayBeOld, client.position != topic.position {
            throw LifeError(text: "at \(String(describing: client.position))")
        }
        session.end()
        if topic.subscriberCount != 0 { throw LifeError(text: "rows are left") }
    }
}

struct EventLife {
    let stage: LifeStage
    let topic: EventTopic
    let served: Topic
    let sink = FakeSink()
    var random: SeededRandom
    var session: Session
    var subscription: Subscription
    var options = SubscriptionOptions()
    /// The last sequence that is accounted for.
    var reached: UInt64
    var nextID: UInt64 = 0
    var ids: [UInt64: UInt64] = [:]
    /// Whether each known event passes the filter.
    var passing: [UInt64: Bool] = [:]
    var seen = 0
    var log: [String] = []

    init(seed: UInt64, _ stage: LifeStage) throws {
        self.stage = stage
        random = SeededRandom(seed: seed)
        topic = try stage.owner.trades()
        for _ in 0..<random.next() % 30 { Self.append(topic, &random, &nextID, &passing) }
        stage.settle()
        served = try stage.served(topic)
        options.filter = try LifeFilter.pick(of: LifeFilter.trade, &random)?.program(of: topic)
        options.rate = lifeRates[Int(random.next() % UInt64(lifeRates.count))]
        options.fields = random.chance(0.5) ? .all : [.id, .side]
        options.start = [nil, .latest, .live][Int(random.next() % 3)]
        session = Session(codec: .protobuf, sink: sink)
        let start: StartingPoint
        (subscription, start) = session.add(served, options, resumeAt: nil)
        reached = start.firstSequence! - 1
        session.becameWritable()
        try read()
    }

    static func append(
        _ topic: EventTopic, _ random: inout SeededRandom, _ id: inout UInt64,
        _ passing: inout [UInt64: Bool]
    ) {
        id += 1
        let quantity = Int64(random.next() % 4)
        let side = [Market.Trade.Side.buy, .sell, .unknown][Int(random.next() % 3)]
        topic.append(
            Market.Trade(
                id: id, price: decimal("1.5"),
                quantity: Decimal(mantissa: quantity, exponent: 0), side: side, firstID: nil,
                lastID: nil), eventTime: .unknown, receiveTime: .unknown)
        passing[topic.history.range.upperBound &- 1] = quantity >= 2 && side == .buy
    }

    mutating func step() throws {
        switch random.next() % 16 {
        case 0..<7:
            log.append("append")
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                Self.append(topic, &random, &nextID, &passing)
            }
        case 7..<10:
            log.append("wait")
            stage.advance(.milliseconds(Int64(random.next() % 300)))
        case 10, 11:
            log.append("block")
            sink.isBlocked = true
        case 12:
            log.append("unblock")
            sink.isBlocked = false
            session.becameWritable()
        case 13:
            log.append("status")
            topic.setStatus(random.chance(0.5) ? .stale : .live)
        case 14:
            options.rate = lifeRates[Int(random.next() % UInt64(lifeRates.count))]
            options.fields = random.chance(0.5) ? .all : [.id, .side]
            options.filter = try LifeFilter.pick(of: LifeFilter.trade, &random)?.program(of: topic)
            log.append("options \(String(describing: options.rate)) \(options.filter != nil)")
            _ = session.change(subscription, to: options)
            session.becameWritable()
        default:
            log.append("resume")
            session.end()
            sink.isBlocked = false
            session = Session(codec: .protobuf, sink: sink)
            let position = Position(epoch: topic.position.epoch, sequence: reached)
            (subscription, _) = session.add(served, options, resumeAt: position)
            session.becameWritable()
        }
        stage.endTurn(&random)
        try read()
    }

    mutating func read() throws {
        for update in sink.updates.dropFirst(seen) {
            guard let sequence = update.sequence else { throw LifeError(text: "no sequence") }
            let base = update.baseSequence ?? sequence - 1
            guard base == reached else {
                throw LifeError(text: "\(base + 1) to \(sequence) after \(reached)")
            }
            if case .gap(let gap)? = update.payload {
                guard let from = gap.fromSequence, gap.toSequence == sequence else {
                    throw LifeError(text: "gap \(gap) after \(reached)")
                }
                try skip(base + 1, to: from - 1)
            } else if case .trade(let trade)? = update.payload {
                let known = ids.updateValue(trade.id ?? 0, forKey: sequence)
                guard known == nil || known == trade.id else { throw LifeError(text: "other id") }
                if options.filter != nil, passing[sequence] == false {
                    throw LifeError(text: "\(update) does not pass")
                }
                try skip(base + 1, to: sequence - 1)
            } else if update.status != nil {
                try skip(base + 1, to: sequence - 1)
            } else {
                try skip(base + 1, to: sequence)
            }
            reached = sequence
        }
        seen = sink.updates.count
        if subscription.sent?.sequence != reached {
            throw LifeError(text: "sent \(String(describing: subscription.sent)) not \(reached)")
        }
    }

    /// These are covered by a message that says nothing of them.
    func skip(_ first: UInt64, to last: UInt64) throws {
        if first > last { return }
        guard options.filter != nil else { throw LifeError(text: "\(first) to \(last) skipped") }
        for sequence in first...last where passing[sequence] != false {
            throw LifeError(text: "\(sequence) was skipped")
        }
    }

    mutating func settle() throws {
        log.append("settle")
        sink.isBlocked = false
        session.becameWritable()
        stage.settle()
        stage.advance(.seconds(2))
        try read()
        if reached != topic.position.sequence {
            try skip(reached + 1, to: topic.position.sequence)
        }
        session.end()
    }
}
