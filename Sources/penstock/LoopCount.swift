internal import Runtime

/// How many event loops a gateway has. Default: one for each processor that the process may use.
struct LoopCount {
    static let option = Arguments.Option(
        name: "--loops", value: "N",
        help: "event loops, 1 to 64 (default: one for each processor)")

    /// A loop more costs every topic's state once more.
    private static let allowed = 1...64

    var value = min(max(EventLoop.processorCount, allowed.lowerBound), allowed.upperBound)

    mutating func apply(_ arguments: Arguments) throws(UsageError) {
        value = try arguments.number("--loops", in: Self.allowed) ?? value
    }

    /// As the configuration file has it.
    mutating func apply(_ count: Int, at place: String) throws(UsageError) {
        guard Self.allowed ~= count else {
            throw UsageError("\(place) \(count): expected 1 to \(Self.allowed.upperBound)")
        }
        value = count
    }
}
