/// How long to wait before trying again: doubling from 0.1 s, so that a restart is hardly noticed,
/// to 5 s, so that an absent peer is not bothered; each shortened by up to half at random, so that
/// many do not come back together.
package struct RetryBackoff: Sendable {
    package static let shortest: Duration = .milliseconds(100)
    package static let longest: Duration = .seconds(5)

    private var failures = 0

    package init() {}

    /// The peer proved itself: data came from it.
    package mutating func succeeded() { failures = 0 }

    /// How long to wait before the next attempt.
    package mutating func next(using random: inout SeededRandom) -> Duration {
        let nominal = min(
            Self.longest.wholeNanoseconds,
            Self.shortest.wholeNanoseconds << Int64(min(failures, 6)))
        failures += 1
        let jitter = Int64(Double(nominal / 2) * random.unit())
        return .nanoseconds(nominal - jitter)
    }
}
