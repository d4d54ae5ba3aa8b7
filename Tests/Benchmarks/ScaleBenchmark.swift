import AllocationCount
import Base
import Core
import Runtime
import Schema

/// What a subscription costs where there are many: ten for each topic, a hundred for each session.
/// If the tables are what they should be, none of the columns grows from row to row.
struct ScaleBenchmark {
    /// Numbers of topics, a row each.
    var sizes = [1_000, 10_000, 100_000]
    /// Subscriptions that are ended and begun again under the clock.
    var steps = 20_000

    private static let perTopic = 10
    private static let perSession = 100

    func run(into report: inout Report) {
        report.title("Scale")
        report.note(
            "\(steps) subscriptions end and begin again, spread over all topics; one thread, no "
                + "sockets.\n")
        report.table(
            [
                "topics", "subscriptions", "bytes of a topic", "bytes of a subscription",
                "ns to subscribe", "ns to unsubscribe",
            ],
            sizes.map { row($0).map { $0.fixed(0) } })
    }

    private func row(_ size: Int) -> [Double] {
        let turns = BenchmarkTurn()
        let hub = Hub(turn: turns, metrics: MetricRegistry())
        let empty = allocated_bytes()
        let topics = (0..<size).map { hub.addEventTopic(named: "bench:\($0)") }
        let sink = CountingSink()
        let sessions = (0..<size * Self.perTopic / Self.perSession).map { _ in
            Session(codec: .protobuf, sink: sink)
        }
        let unused = allocated_bytes()
        for (number, session) in sessions.enumerated() {
            for topic in members(number, of: topics) { _ = session.add(topic, resumeAt: nil) }
            session.becameWritable()
        }
        turns.end()
        let full = allocated_bytes()
        let times = exchange(sessions, topics)
        turns.end()
        for session in sessions { session.end() }
        return [
            Double(size), Double(size * Self.perTopic), Double(unused - empty) / Double(size),
            Double(full - unused) / Double(size * Self.perTopic), times.subscribe,
            times.unsubscribe,
        ]
    }

    /// The topics of a session: neighbours, so that each topic is ten sessions'.
    private func members(_ session: Int, of topics: [EventTopic]) -> [EventTopic] {
        (0..<Self.perSession).map { place in
            topics[(session * Self.perSession / Self.perTopic + place) % topics.count]
        }
    }

    /// Nanoseconds of one of each. All that end do so before the first begins again.
    private func exchange(
        _ sessions: [Session], _ topics: [EventTopic]
    ) -> (subscribe: Double, unsubscribe: Double) {
        // A step that has no factor with the number of pairs meets them all, in no order.
        let pairs = (0..<steps).map { step in
            let session = step * 7919 % sessions.count
            return (sessions[session], members(session, of: topics)[step / sessions.count % 100])
        }
        var start = Clock.now()
        for (session, topic) in pairs {
            if let subscription = session.subscription(of: topic) { session.remove(subscription) }
        }
        let ended = Clock.now() - start
        start = Clock.now()
        for (session, topic) in pairs where session.subscription(of: topic) == nil {
            _ = session.add(topic, resumeAt: nil)
            session.becameWritable()
        }
        let begun = Clock.now() - start
        return (
            Double(begun.wholeNanoseconds) / Double(max(1, steps)),
            Double(ended.wholeNanoseconds) / Double(max(1, steps))
        )
    }
}
