internal import Base

/// How long to wait before subscribing again: doubling from 100 ms, so that a restart is hardly
/// noticed, to 5 s, so that an absent server is not bothered; up to half of it is left to chance,
/// so that clients do not come back together.
struct RetryBackoff {
    private var failures = 0

    /// The server answered.
    mutating func succeeded() { failures = 0 }

    mutating func next(using random: inout SeededRandom) -> Duration {
        let longest = min(5000, 100 << min(failures, 6))
        failures += 1
        return .milliseconds(longest) * (1 - random.unit() / 2)
    }
}
