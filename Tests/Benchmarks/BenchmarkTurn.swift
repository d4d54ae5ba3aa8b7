import Base
import Core
import Runtime

/// A loop turn without a loop: it ends when the benchmark says so.
final class BenchmarkTurn: LoopTurn {
    private var atEnd: [() -> Void] = []

    func timestamp() -> Timestamp { Clock.timestamp() }

    func atEndOfTurn(_ work: @escaping () -> Void) { atEnd.append(work) }

    func end() {
        for work in atEnd { work() }
        atEnd.removeAll(keepingCapacity: true)
    }
}
