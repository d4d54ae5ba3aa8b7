package import Base

/// How much of a loop's time goes into compressing, by the costs that were measured once: no clock
/// is read. A bucket that holds what a second brings.
package struct CompressionBudget {
    /// Nanoseconds a second.
    private let perSecond: Int
    private var left: Int
    private var filledAt: Instant

    /// - Parameter percent: of the loop's time, 0 to 100.
    package init(percent: Int, at now: Instant) {
        perSecond = percent * 10_000_000
        left = perSecond
        filledAt = now
    }

    /// Takes that many nanoseconds if they are there. What costs more than a second's never is.
    package mutating func take(_ nanoseconds: Int, at now: Instant) -> Bool {
        let passed = min(1_000_000_000, (now - filledAt).wholeNanoseconds)
        if passed > 0 {
            left = min(perSecond, left + Int(passed) * (perSecond / 1_000_000) / 1000)
            filledAt = now
        }
        guard nanoseconds <= left else { return false }
        left -= nanoseconds
        return true
    }
}
