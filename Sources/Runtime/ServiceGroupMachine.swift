/// When which service of a group is shut down: in reverse order of their start, each after the one
/// before it has ended.
///
///     running ──stop asked, a service failed──► stopping ──budget spent──► cancelling
///        └──────────── all ended ───────────────► ended ◄──────────────────────┘
struct ServiceGroupMachine: ~Copyable {
    enum Action: Equatable, Sendable {
        case startBudget
        case shutDown(Int)
        case cancelAll
        case finish(overran: [Int])
    }

    private enum State { case running, stopping, cancelling, ended }

    private var state = State.running
    private var isAlive: [Bool]
    /// Those that had to be cancelled, whether they then ended or not.
    private var overran: [Int] = []

    init(count: Int) { isAlive = Array(repeating: true, count: count) }

    /// Errors of services are then the cancellation's, not theirs.
    var isCancelling: Bool { state == .cancelling }

    var summary: String { "\(state), \(isAlive.count { $0 }) of \(isAlive.count) services alive" }

    mutating func stopAsked() -> [Action] {
        guard state == .running else { return [] }
        state = .stopping
        return [.startBudget] + shutDownLast()
    }

    mutating func serviceEnded(_ index: Int, failed: Bool) -> [Action] {
        precondition(isAlive[index], "service \(index) ended twice: \(summary)")
        let wasNext = index == isAlive.lastIndex(of: true)
        isAlive[index] = false
        switch state {
        case .ended: return []
        case .running:
            if !isAlive.contains(true) { return finish() }
            return failed ? stopAsked() : []
        case .stopping: return wasNext ? shutDownLast() : []
        case .cancelling: return isAlive.contains(true) ? [] : finish()
        }
    }

    mutating func budgetSpent() -> [Action] {
        guard state == .stopping else { return [] }
        state = .cancelling
        overran = isAlive.indices.filter { isAlive[$0] }
        return [.cancelAll]
    }

    /// Cancelled services had their moment; those that ignore it are left behind.
    mutating func graceSpent() -> [Action] { state == .cancelling ? finish() : [] }

    private mutating func shutDownLast() -> [Action] {
        guard let last = isAlive.lastIndex(of: true) else { return finish() }
        return [.shutDown(last)]
    }

    private mutating func finish() -> [Action] {
        state = .ended
        return [.finish(overran: overran)]
    }
}
