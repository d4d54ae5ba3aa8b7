package import Base

/// Connection attempts of a whole venue: at most so many in any span (Binance: 300 in 5 minutes
/// per IP).
///
/// Half of them may go at once, the other half comes back evenly: however often the venue cuts us
/// off, the next attempt is never more than two seconds away.
package struct AttemptBudget: Sendable {
    private let burst: Int64
    private let span: Int64
    /// Attempts that may go now, times `span`, so that refilling is exact.
    private var balance: Int64
    private var refilledAt: Instant?

    package init(attemptsMax: Int = 300, span: Duration = .seconds(300)) {
        precondition(attemptsMax >= 2)
        burst = Int64(attemptsMax / 2)
        self.span = span.wholeNanoseconds
        balance = burst * self.span
    }

    package mutating func take(at now: Instant) -> Bool {
        let elapsed = now.nanoseconds - (refilledAt ?? now).nanoseconds
        refilledAt = now
        balance = min(burst * span, balance + burst * min(max(elapsed, 0), span))
        guard balance >= span else { return false }
        balance -= span
        return true
    }
}
