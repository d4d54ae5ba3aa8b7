import Base
import Core
import Runtime

/// The turns of one loop, as the hub sees them: work for the end of a turn, and timers.
final class VirtualTurn: LoopTurn {
    private let clock: VirtualClock
    private var atEnd: [() -> Void] = []
    private var timers: [(id: TimerID, due: Instant, work: () -> Void)] = []
    private var timersMade: UInt32 = 0

    init(_ clock: VirtualClock) { self.clock = clock }

    func timestamp() -> Timestamp { clock.timestamp }
    func instant() -> Instant { clock.instant }
    func atEndOfTurn(_ work: @escaping () -> Void) { atEnd.append(work) }
    func cancel(_ timer: TimerID) { timers.removeAll { $0.id == timer } }

    func schedule(after delay: Duration, _ work: @escaping () -> Void) -> TimerID {
        timersMade += 1
        let id = TimerID(slot: timersMade, generation: 0)
        timers.append((id, clock.instant + delay, work))
        return id
    }

    var timerCount: Int { timers.count }

    /// The next timer that is due, in the order of time, as the real loop takes them.
    func takeDue() -> (() -> Void)? {
        guard let next = timers.indices.min(by: { timers[$0].due < timers[$1].due }),
            timers[next].due <= clock.instant
        else { return nil }
        return timers.remove(at: next).work
    }

    /// Work may ask for more of it.
    func end() {
        var next = 0
        while next < atEnd.count {
            atEnd[next]()
            next += 1
        }
        atEnd.removeAll()
    }
}
