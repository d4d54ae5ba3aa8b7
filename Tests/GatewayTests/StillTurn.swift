import Base
import Core
import Runtime

/// A loop turn that ends when the test says so; its clocks stand still and its timers never fire.
final class StillTurn: LoopTurn {
    private var atEnd: [() -> Void] = []

    func timestamp() -> Timestamp { Timestamp(nanoseconds: 1_700_000_000_000_000_000) }
    func instant() -> Instant { Instant(nanoseconds: 1_000_000_000) }
    func atEndOfTurn(_ work: @escaping () -> Void) { atEnd.append(work) }

    func schedule(after delay: Duration, _ work: @escaping () -> Void) -> TimerID {
        TimerID(slot: 0, generation: 0)
    }

    func cancel(_ timer: TimerID) {}

    func end() {
        let work = atEnd
        atEnd = []
        for item in work { item() }
    }
}
