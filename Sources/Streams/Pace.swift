package import Base

/// Whether something may happen now, by its rate: a token bucket in one number, the instant at
/// which it would be full again (the virtual scheduling algorithm of ITU-T I.371, annex A).
package struct Pace: Sendable {
    private var fullAt = Int64.min

    package init() {}

    /// When the next one may happen; in the past if it may now.
    package func due(at rate: Rate) -> Instant {
        let slack = (rate.burst - 1) * rate.interval
        let (due, overflow) = fullAt.subtractingReportingOverflow(slack)
        return Instant(nanoseconds: overflow ? .min : due)
    }

    /// One happened. Whoever takes early owes the rest of the interval.
    package mutating func take(at now: Instant, _ rate: Rate) {
        fullAt = max(fullAt, now.nanoseconds) + rate.interval
    }

    /// Takes one if it may happen now.
    package mutating func takeIfDue(at now: Instant, _ rate: Rate) -> Bool {
        guard due(at: rate) <= now else { return false }
        take(at: now, rate)
        return true
    }
}
