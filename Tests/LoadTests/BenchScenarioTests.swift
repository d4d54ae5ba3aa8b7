import Base
import Load
import Testing

@testable import Load
@testable import Runtime

@Suite struct BenchScenarioTests {
    private func makePlan(_ connectionsMax: Int, topics: Int = 3) -> BenchPlan {
        let endpoint = Endpoint(host: "127.0.0.1", port: 1, tls: nil)
        var plan = BenchPlan(
            target: LoadTarget(endpoint), topics: (0..<topics).map { "bench:\($0)" })
        plan.connectionsMax = connectionsMax
        return plan
    }

    @Test(arguments: BenchScenario.all)
    func `every scenario fits a plan of any size`(scenario: BenchScenario) {
        for (connections, topics) in [(1, 1), (7, 3), (1000, 100), (20_000, 4096)] {
            let options = scenario.options(for: makePlan(connections, topics: topics))
            #expect(1...max(2, connections) ~= options.connections)
            #expect(1...topics ~= options.topicsPerStream)
        }
    }

    @Test func `where some stop reading there are others`() throws {
        let slow = try #require(BenchScenario.all.first { $0.name == "slow" })
        for connections in [1, 2, 10, 1000] {
            let options = slow.options(for: makePlan(connections))
            let stopped = (Double(options.connections) * options.stoppedShare).rounded()
            #expect(1..<options.connections ~= Int(stopped))
        }
    }

    @Test func `a standard plan asks for what its table says`() {
        let sizes = BenchScenario.all.map { scenario in
            let options = scenario.options(for: makePlan(1000, topics: 20))
            return "\(options.connections) \(options.streams) \(options.topicsPerStream)"
        }
        #expect(sizes == ["10 100 1", "1000 1 1", "200 1 10", "500 1 1", "1000 1 1"])
    }
}
