import FanoutSimulator
import Glibc
import Runtime

/// Lives many worlds of `FanoutSimulator`, or one again. Every run prints its seeds; a failure
/// prints what did not hold and how to see it happen.
@main
struct FanoutSimulation {
    static func main() {
        hashAlike()
        do {
            let options = try Options(CommandLine.arguments.dropFirst())
            exit(run(options) ? 0 : 1)
        } catch {
            StandardStreams.error("\(error)\n\(Options.usage)")
            exit(2)
        }
    }

    /// The order of a dictionary's keys is part of a life: it must be the same the next time.
    private static func hashAlike() {
        let name = "SWIFT_DETERMINISTIC_HASHING"
        guard getenv(name) == nil else { return }
        setenv(name, "1", 1)
        execv("/proc/self/exe", CommandLine.unsafeArgv)
    }

    private static func run(_ options: Options) -> Bool {
        var (tally, failures) = (Tally(), 0)
        let clock = ContinuousClock()
        let began = clock.now
        say("seeds \(options.first) to \(options.first + max(options.count, 1) - 1)")
        let trace: ((String) -> Void)? = options.isTraced ? { say($0) } : nil
        for seed in options.first..<options.first + options.count {
            do throws(Violation) {
                tally += try World.run(seed: seed, trace: trace)
            } catch {
                failures += 1
                say("seed \(seed): \(error)")
                say("    to see it: FanoutSimulation --seed \(seed) --trace")
            }
        }
        for line in tally.lines { say(line) }
        say("\(options.count) seeds, \(failures) failed, in \(clock.now - began)")
        return failures == 0
    }

    private static func say(_ line: String) { _ = StandardStreams.output(line + "\n") }
}
