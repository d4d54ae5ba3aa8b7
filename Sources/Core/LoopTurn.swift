package import Base
package import Runtime

/// What the hub needs of its loop: the clocks, the end of the present turn, and timers.
package protocol LoopTurn: AnyObject {
    func timestamp() -> Timestamp

    /// The monotonic clock, at least as of the beginning of this turn.
    func instant() -> Instant

    func atEndOfTurn(_ work: @escaping () -> Void)

    /// Runs `work` once, after the sends of this turn.
    func afterSends(_ work: @escaping () -> Void)

    /// Runs `work` once, not before `delay` has passed.
    @discardableResult
    func schedule(after delay: Duration, _ work: @escaping () -> Void) -> TimerID

    /// Forgets a timer; one that has fired is ignored.
    func cancel(_ timer: TimerID)
}

extension LoopTurn {
    package func afterSends(_ work: @escaping () -> Void) { atEndOfTurn(work) }
}
