import Base
import Core

/// A server with its topics, publishers and subscribers, in one thread and without a socket or a
/// clock: one seed decides what happens in which order, and everything else follows.
///
///     busy ──► calm: publishers stop, readers read ──► the end: drain, or everybody leaves
///
/// After every step every `Invariant` is looked at; the first that does not hold ends
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
    /// Of the process that serves; the first one owns the topics.
    private(set) var loops: [ServerLoop] = []
    /// Of processes that others have taken the place of.
    private(set) var leaving: [ServerLoop] = []
    /// The publishers have gone home.
    private(set) var isQuiet = false
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

    /// Who publishes the topics.
    private(set) var venue: VirtualVenue!

    private func live(watchedBy leaks: LeakWatch) throws(Violation) {
        defer { (loops, leaving, subscribers, venue) = ([], [], [], nil) }
        makeLoops()
        openVenue(inheriting: [])
        let kinds = Subscriber.Habit.allCases
        subscribers = (1...plan.subscribers).map { Subscriber($0, dice.pick(kinds), self) }
        for _ in 0..<plan.steps { try step(atMost: 20) }
        try calmDown()
        leaks.watchTopics(of: venue)
        for loop in allLoops { leaks.watch(loop) }
        try judgeCounts()
        try end()
    }

    /// Of a process that is to serve from now on.
    func makeLoops() {
        leaving += loops
        let owner = ServerLoop(self)
        loops = [owner]
        for number in 1..<plan.loops {
            loops.append(ServerLoop(self, number: number, following: owner))
        }
    }

    @discardableResult
    func openVenue(inheriting publishers: [Publisher]) -> VirtualVenue {
        let fresh = loops[0].openVenue(inheriting: publishers)
        venue = fresh
        return fresh
    }

    /// Of all processes that have a connection, or had one.
    var allLoops: [ServerLoop] { leaving + loops }

    // MARK: Steps

    /// Some time passes, the server's loops have a turn each, some clients act.
    private func step(atMost milliseconds: Int) throws(Violation) {
        tally.steps += 1
        clock.advance(by: passedTime(milliseconds))
        if plan.pauseChance > 0, dice.chance(plan.pauseChance) {
            clock.advance(by: .seconds(dice.within(20...70)))
        }
        let all = allLoops
        for loop in dice.shuffled(all) where all.count == 1 || dice.chance(0.8) { loop.runTurn() }
        if plan.takeoverChance > 0, tally.takeovers < 2, dice.chance(plan.takeoverChance) {
            try takeOver()
        }
        for subscriber in dice.shuffled(subscribers) where dice.chance(0.8) {
            subscriber.act()
            if judge.violation != nil { break }
        }
        try judge.check()
    }

    /// Loops are threads of their own: in the middle of one's turn another may have one.
    func letOthersRun(beside loop: ServerLoop) {
        guard !isQuiet, allLoops.count > 1, dice.chance(0.03) else { return }
        let others = allLoops.filter { $0 !== loop }
        dice.pick(others).runTurn()
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
        isQuiet = true
        for subscriber in subscribers { subscriber.calmDown() }
        var lack: String?
        for _ in 0..<Self.calmStepsMax {
            clock.advance(by: .milliseconds(20))
            for loop in allLoops { loop.runTurn() }
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

    /// Filters that somebody asked for, by their texts.
    private(set) var filters: [String: FilterModel] = [:]

    func text(of filter: FilterModel?) -> String? {
        guard let filter else { return nil }
        filters[filter.text] = filter
        return filter.text
    }

    /// Every one that there was, by number.
    var ends: [Int: ServerEnd] = [:]
}
