import FanoutSimulator
import Testing

/// Whole servers and their clients, each life from one seed. `make simulate` lives 10,000.
@Suite struct FanoutSimulatorTests {
    private static let seeds: ClosedRange<UInt64> = 1...50

    @Test func `every invariant holds in every world`() {
        for seed in Self.seeds {
            do throws(Violation) {
                _ = try World.run(seed: seed)
            } catch {
                Issue.record("seed \(seed): \(error); make simulate FIRST=\(seed) SEEDS=1")
            }
        }
    }
}
