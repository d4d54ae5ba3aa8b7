package import Base

/// How much request weight may still be spent at a venue that allows so much a minute.
///
/// At most 80 % of the venue's limit is used in any minute: half of that may go at once, the other
/// half comes back evenly, so that there is always something left soon for a book that needs it.
/// Where the venue reports what it has counted, its number replaces ours, in both directions.
/// After a refusal nothing is spent until the venue's deadline, by anybody of this venue.
package struct WeightBudget: Sendable {
    /// The venue's limit, in weight per minute.
    package private(set) var limit: Int
    /// May be spent now, in weight times `minute`, so that refilling is exact; negative after the
    /// venue counted more than us.
    private var balance: Int64
    private var refilledAt: Instant?
    private var underWay = 0
    private var blockedUntil: Instant?
    private var refusalsInARow = 0

    package init(limit: Int = 6000) {
        self.limit = max(limit, 100)
        balance = 0
        balance = scaled(burst)
    }

    /// What may go at once, and also what comes back in a minute: each half of the 80 %.
    private var burst: Int { limit * 4 / 10 }

    /// The venue's list of limits said so.
    package mutating func limitChanged(to limit: Int) {
        let spent = scaled(burst) - balance
        self.limit = max(limit, 100)
        balance = scaled(burst) - spent
    }

    /// Spends the weight if it may be spent now.
    package mutating func take(_ weight: Int, at now: Instant) -> Bool {
        refill(at: now)
        if let blockedUntil, now < blockedUntil { return false }
        guard balance >= scaled(weight) else { return false }
        balance -= scaled(weight)
        underWay += weight
        return true
    }

    /// The weight that could be taken now.
    package mutating func available(at now: Instant) -> Int {
        refill(at: now)
        if let blockedUntil, now < blockedUntil { return 0 }
        return max(0, Int(balance / Self.minute))
    }

    /// Whether so much may go and most of the burst is still there afterwards.
    package mutating func isPlentiful(for weight: Int, at now: Instant) -> Bool {
        available(at: now) - weight >= burst / 2
    }

    /// An answer came, with the weight the venue has counted this minute if it said so.
    package mutating func answered(weight: Int, usedByVenue: Int?, at now: Instant) {
        refill(at: now)
        underWay = max(0, underWay - weight)
        refusalsInARow = 0
        guard let usedByVenue else { return }
        let used = usedByVenue + underWay
        let counted = scaled(burst - used)
        balance = counted >= 0 ? counted : min(balance, scaled(burst * 2 - used))
    }

    /// No answer came; the weight counts as spent.
    package mutating func unanswered(weight: Int) { underWay = max(0, underWay - weight) }

    /// Status 429 or 418. Without a deadline from the venue ours doubles from 5 s to 2 min; a ban
    /// starts at 2 min.
    package mutating func refused(
        weight: Int, isBan: Bool, retryAfter: Duration?, at now: Instant
    ) {
        underWay = max(0, underWay - weight)
        refusalsInARow += 1
        let guess: Duration =
            isBan ? .seconds(120) : .seconds(min(120, 5 << min(refusalsInARow - 1, 5)))
        let until = now + (retryAfter ?? guess)
        blockedUntil = max(blockedUntil ?? until, until)
    }

    private static let minute: Int64 = 60_000_000_000

    private func scaled(_ weight: Int) -> Int64 { Int64(weight) * Self.minute }

    private mutating func refill(at now: Instant) {
        let elapsed = now.nanoseconds - (refilledAt ?? now).nanoseconds
        refilledAt = now
        let share = Int64(burst) * min(max(elapsed, 0), Self.minute)
        balance = min(scaled(burst), balance + share)
    }
}
