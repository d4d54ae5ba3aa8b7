import Base
import Core
import Runtime

/// A loop turn without a loop: it ends when the benchmark says so.
final class BenchmarkTurn: LoopTurn {
    private var atEnd: [() -> Void] = []

    func timestamp() -> Timestamp { Clock.timestamp() }

    func instant() -> Instant { Clock.now() }

    /// Nothing that is measured waits.
    func schedule(after delay: Duration, _ work: @escaping () -> Void) -> TimerID {
        TimerID(slot: 0, generation: 0)
    }

    func cancel(_ timer: TimerID) {}

    func atEndOfTurn(_ work: @escaping () -> Void) { atEnd.append(work) }

    func end() {
        var next = 0
        while next < atEnd.count {
            atEnd[next]()
            next += 1
        }
        atEnd.removeAll(keepingCapacity: true)
    }
}
