import Base
import Core

/// A server with its topics, publishers and subscribers, in one thread and without a socket or a
/// clock: one seed decides what happens in which order, and everything else follows.
///
///     busy ──► calm: publishers stop, readers read ──► the end: drain, or everybody leaves
///
/// After every step the invariants of style.md §10 are looked at; the first that does not hold ends
/// the world with a `Violation`.
package final class World {
    package let seed: UInt64
    let dice: Dice
    let plan: WorldPlan
    let clock = VirtualClock()
    let truth = Truth()
    let judge = Judge()
    let trace: Trace
    package internal(set) var tally = Tally()
    private(set) var loops: [ServerLoop] = []
    private(set) var subscribers: [Subscriber] = []

    private init(seed: UInt64, trace: ((String) -> Void)?) {
        self.seed = seed
        dice = Dice(seed: seed)
        plan = WorldPlan(dice)
        self.trace = Trace(trace)
    }

    /// Lives one life.
    /// - Parameter trace: is told what happens, line by line.
    package static func run(
        seed: UInt64, trace: ((String) -> Void)? = nil
    ) throws(Violation) -> Tally {
        let world = World(seed: seed, trace: trace)
        let leaks = LeakWatch()
        try world.live(watchedBy: leaks)
        try leaks.check(world.judge)
        world.tally.events = world.truth.eventCount
        return world.tally
    }

    /// The loop that serves now.
    var loop: ServerLoop { loops[loops.count - 1] }

    private func live(watchedBy leaks: LeakWatch) throws(Violation) {
        defer { (loops, subscribers) = ([], []) }
        let loop = ServerLoop(self)
        loops = [loop]
        leaks.watch(loop)
        loop.venue.addBench(plan.benchCount)
        let kinds = Subscriber.Habit.allCases
        subscribers = (1...plan.subscribers).map { Subscriber($0, dice.pick(kinds), self) }
        for _ in 0..<plan.steps { try step(atMost: 20) }
        try calmDown()
        leaks.watchTopics(of: loop)
        try judgeCounts()
        try end()
    }

    // MARK: Steps

    /// Some time passes, the server's loops have a turn each, some clients act.
    private func step(atMost milliseconds: Int) throws(Violation) {
        tally.steps += 1
        clock.advance(by: passedTime(milliseconds))
        for loop in loops { loop.runTurn() }
        for subscriber in dice.shuffled(subscribers) where dice.chance(0.8) {
            subscriber.act()
            if judge.violation != nil { break }
        }
        try judge.check()
    }

    private func passedTime(_ milliseconds: Int) -> Duration {
        switch dice.below(40) {
        case 0..<16: .zero
        case 16..<38: .microseconds(dice.spread(1...milliseconds * 1000))
        case 38: .milliseconds(dice.within(100...700))
        default: .milliseconds(dice.spread(100...5000))
        }
    }

    // MARK: Calm

    private static let calmStepsMax = 600

    private func calmDown() throws(Violation) {
        trace.note("everything calms down")
        for loop in loops { loop.venue.isQuiet = true }
        for subscriber in subscribers { subscriber.calmDown() }
        var lack: String?
        for _ in 0..<Self.calmStepsMax {
            clock.advance(by: .milliseconds(20))
            for loop in loops { loop.runTurn() }
            for subscriber in subscribers { subscriber.act() }
            tally.steps += 1
            try judge.check()
            lack = subscribers.lazy.compactMap(\.lack).first
            if lack == nil { return }
        }
        judge.require(lack == nil, .calm, "after \(Self.calmStepsMax) steps \(lack ?? "")")
        try judge.check()
    }

    /// The server's shell of a client's connection.
    func end(of connection: ClientConnection?) -> ServerEnd? {
        guard let connection else { return nil }
        return ends[connection.number]
    }

    /// Every one that there was, by number.
    var ends: [Int: ServerEnd] = [:]
}
