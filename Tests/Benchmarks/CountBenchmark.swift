import AllocationCount
import Base
import Core
import Runtime

/// What does not wobble: allocations and sends per delivery, from a change of topics to the bytes
/// that a socket would be given, through everything but the socket.
struct CountBenchmark {
    private struct Scenario {
        var connections = 1
        var streams = 1
        var topics = 1

        var name: String { "\(connections) connections x \(streams) streams x \(topics) topics" }
    }

    private static let scenarios = [
        Scenario(connections: 1000), Scenario(connections: 10, streams: 100),
        Scenario(connections: 1000, topics: 10),
    ]
    private static let turns = 100

    func run(into report: inout Report) {
        report.title("Counts")
        report.note(
            "Per 1,000 deliveries, over \(Self.turns) turns in each of which every topic has one "
                + "event of 120 bytes.\n")
        report.table(
            ["", "allocations", "sends"],
            Self.scenarios.map { scenario in
                let counts = measure(scenario)
                return [scenario.name, counts.allocations.fixed(1), counts.sends.fixed(1)]
            })
        report.note(
            "Bytes that are allocated for a subscriber of one topic who is up to date, without the "
                + "socket's own.\n")
        let memory = idleBytes()
        report.table(
            ["", "bytes"],
            [
                ["a connection with one stream", memory.connection.fixed(0)],
                ["a further stream", memory.stream.fixed(0)],
            ])
    }

    private func idleBytes() -> (connection: Double, stream: Double) {
        let (connections, further) = (100, 20)
        func bytes(_ count: Int, _ streams: Int) -> Double {
            let before = allocated_bytes()
            let crowd = InMemoryCrowd(connections: count, streams: streams, topics: 1)
            let after = allocated_bytes()
            return withExtendedLifetime(crowd) { Double(after - before) }
        }
        // What is there once cancels out.
        _ = bytes(1, 1)
        let (none, one) = (bytes(0, 1), bytes(connections, 1))
        let many = bytes(connections, 1 + further)
        return (
            (one - none) / Double(connections), (many - one) / Double(connections * further)
        )
    }

    private func measure(_ scenario: Scenario) -> (allocations: Double, sends: Double) {
        let crowd = InMemoryCrowd(
            connections: scenario.connections, streams: scenario.streams, topics: scenario.topics)
        for _ in 0..<10 { crowd.turn() }
        let (allocations, sends) = (allocation_count(), crowd.sends)
        for _ in 0..<Self.turns { crowd.turn() }
        let perThousand =
            1000
            / Double(scenario.connections * scenario.streams * scenario.topics * Self.turns)
        return (
            Double(allocation_count() - allocations) * perThousand,
            Double(crowd.sends - sends) * perThousand
        )
    }
}
