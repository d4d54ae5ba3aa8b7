package import Base

/// When to try a connection again: at once doubling from 0.1 s to 5 s, each shortened by up to half
/// at random so that many connections do not come back together.
package struct ReconnectBackoff: Sendable {
    package static let shortest: Duration = .milliseconds(100)
    package static let longest: Duration = .seconds(5)

    private var failures = 0

    package init() {}

    /// The connection proved itself: data came over it.
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

/// Connection attempts of a whole venue: at most so many in a span (Binance: 300 in 5 min per IP).
package struct AttemptBudget: Sendable {
    private let attemptsMax: Int
    private let span: Duration
    private var attempts: [Instant] = []

    package init(attemptsMax: Int = 300, span: Duration = .seconds(300)) {
        precondition(attemptsMax > 0)
        self.attemptsMax = attemptsMax
        self.span = span
    }

    package mutating func take(at now: Instant) -> Bool {
        attempts.removeAll { $0 + span <= now }
        guard attempts.count < attemptsMax else { return false }
        attempts.append(now)
        return true
    }
}
