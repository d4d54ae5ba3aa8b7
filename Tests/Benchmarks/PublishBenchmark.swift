import Base
import Core
import Market
import Schema

/// From a change of a topic to the sinks of its subscribers: publication, encoding, delivery.
struct PublishBenchmark {
    let rounds: Int

    private static let turns = 1000
    private static let subscribers = 1000

    func run(into report: inout Report) {
        report.title("Publication")
        report.note(
            "Nanoseconds per delivery to sinks that take everything, medians of \(rounds) rounds "
                + "of \(Self.turns) turns with one change each.\n")
        var timer = InterleavedTimer()
        let cases = [
            ("events, 1,000 subscribers", Self.subscribers, true),
            ("ticks, 1,000 subscribers", Self.subscribers, false),
            ("ticks, one subscriber", 1, false),
        ]
        let places = cases.map { _, count, isEvent in
            let stage = Stage(subscribers: count, isEvent: isEvent)
            return timer.add { stage.turn() }
        }
        let results = timer.run(rounds: rounds, callsPerRound: Self.turns)
        report.table(
            ["", "ns per delivery"],
            zip(cases, places).map { entry, place in
                [entry.0, (results[place].nanoseconds / Double(entry.1)).fixed(2)]
            })
    }
}

/// A hub, one topic, and its subscribers.
private final class Stage {
    private let turns = BenchmarkTurn()
    private let hub: Hub
    private let events: EventTopic
    private let ticks: TickTopic?
    private let data = [UInt8](repeating: 120, count: 94)
    private var sessions: [Session] = []
    private let sink = CountingSink()
    private var step: Int64 = 0

    init(subscribers: Int, isEvent: Bool) {
        hub = Hub(turn: turns, metrics: MetricRegistry())
        events = hub.addEventTopic(named: "bench:0")
        let pipeline = isEvent ? nil : IngestPipeline()
        ticks = pipeline?.topic("tick") as? TickTopic
        self.pipeline = pipeline
        for _ in 0..<subscribers {
            let session = Session(codec: .protobuf, sink: sink)
            _ = session.add(ticks ?? events, resumeAt: nil)
            session.becameWritable()
            sessions.append(session)
        }
    }

    /// Keeps the hub of the ticks.
    private let pipeline: IngestPipeline?

    deinit { for session in sessions { session.end() } }

    /// Returns how many frames the sinks have taken, so that nothing is optimised away.
    func turn() -> Int {
        step += 1
        if let ticks {
            ticks.apply(
                Market.Tick(
                    bidPrice: Decimal(mantissa: 6_000_000 + step, exponent: -2),
                    bidQuantity: Decimal(mantissa: 5, exponent: -1),
                    askPrice: Decimal(mantissa: 6_100_000 + step, exponent: -2),
                    askQuantity: Decimal(mantissa: 7, exponent: -1)),
                venueSequence: UInt64(step), eventTime: .unknown,
                receiveTime: Timestamp(nanoseconds: 1_700_000_000_000_000_000))
            pipeline?.endTurn()
        } else {
            events.append(data)
            turns.end()
        }
        return sink.frames
    }
}
