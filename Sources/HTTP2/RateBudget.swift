internal import Base

/// What is left of a `FrameRate`: the generic cell rate algorithm (ITU-T I.371), which needs no
/// more memory than one instant.
struct RateBudget: Equatable {
    /// When the budget will be full again.
    private var full = Int64.min

    /// Takes one frame; false: the rate is exceeded, and nothing was taken.
    mutating func take(_ rate: FrameRate, now: Instant) -> Bool {
        let interval = Self.interval(rate)
        let next = max(full, now.nanoseconds) + interval
        guard next - now.nanoseconds <= interval * Int64(rate.burst) else { return false }
        full = next
        return true
    }

    /// Gives back what `count` frames took.
    mutating func earn(_ count: Int64, _ rate: FrameRate) {
        guard full > .min else { return }
        let earned = count.multipliedReportingOverflow(by: Self.interval(rate))
        let (left, overflow) = full.subtractingReportingOverflow(earned.partialValue)
        full = earned.overflow || overflow ? .min : left
    }

    private static func interval(_ rate: FrameRate) -> Int64 {
        1_000_000_000 / Int64(rate.perSecond)
    }
}
