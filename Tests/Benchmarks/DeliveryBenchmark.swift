/// So many turns of a crowd, and nothing else: for tools that count instructions of a whole process
/// and take the difference of two runs (instructions.py).
struct DeliveryBenchmark {
    let connections: Int
    let streams: Int
    let topics: Int
    let turns: Int

    /// - Parameter crowd: CONNECTIONSxSTREAMSxTOPICS, such as "10x100x1"; nil: it is none.
    init?(crowd: String, turns: Int) {
        let parts = crowd.split(separator: "x").compactMap { Int($0) }
        guard parts.count == 3, parts.allSatisfy({ 1...10_000 ~= $0 }) else { return nil }
        (connections, streams, topics, self.turns) = (parts[0], parts[1], parts[2], turns)
    }

    func run(into report: inout Report) {
        let crowd = InMemoryCrowd(connections: connections, streams: streams, topics: topics)
        for _ in 0..<turns { crowd.turn() }
        report.note("deliveries \(connections * streams * topics * turns)")
    }
}
