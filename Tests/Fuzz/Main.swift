#if !FUZZING
import FuzzTargets
import Runtime

/// Without libFuzzer there is nothing to run; this says how to get it.
@main
struct Fuzz {
    static func main() {
        let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
        StandardStreams.error("built without libFuzzer: make fuzz TARGET=…; targets: \(names)\n")
    }
}
#endif
