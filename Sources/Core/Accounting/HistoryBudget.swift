internal import Base

/// The memory of all event topics' histories together; each has its own bounds beside.
///
/// Above seven eighths of it the largest histories give up their oldest events, down to one size
/// for all, until three quarters are taken. What is young stays in any case, for those who are told
/// at a rate, on other loops, or a little later than others. It goes by steps, after the sends of a
/// turn, so that nobody waits for it for long.
struct HistoryBudget {
    private let bytesMax: Int
    private(set) var bytes = 0
    /// When a round may begin; the last one ended a little before.
    private var next = Instant(nanoseconds: .min)
    /// Those that are still to be cut in this round, and to which size.
    private(set) var toCut: [EventTopic] = []
    private(set) var level = Int.max
    /// The last of them has given up events already.
    private var lastHasGiven = false

    /// Between two rounds, if what is left is young: each looks at all histories.
    private static let pause = Duration.seconds(1)

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    private var isExceeded: Bool { bytes > bytesMax - bytesMax / 8 }

    /// Whether there is something to do.
    func isDue(at now: () -> Instant) -> Bool {
        !toCut.isEmpty || isExceeded && now() >= next
    }

    /// A history has become so much larger, or smaller.
    mutating func changed(by difference: Int) { bytes += difference }

    /// The topic is no more.
    mutating func forget(_ topic: EventTopic) {
        bytes -= topic.history.memory
        toCut.removeAll { $0 === topic }
    }

    mutating func begin(_ topics: [EventTopic]) {
        let sizes = topics.map(\.history.memory)
        bytes = sizes.reduce(0, +)
        level = Self.level(of: sizes, total: bytesMax - bytesMax / 4)
        toCut = zip(topics, sizes).filter { $0.1 > level }.map(\.0)
    }

    /// The last one of `toCut` gave up so many events, and has more to give or not. True: it is
    /// done, and gave some in this round.
    mutating func cut(_ events: Int, hasMore: Bool) -> Bool {
        lastHasGiven = lastHasGiven || events > 0
        if hasMore { return false }
        defer { lastHasGiven = false }
        toCut.removeLast()
        return lastHasGiven
    }

    mutating func ended(at now: Instant) {
        if isExceeded { next = now + Self.pause }
    }

    /// The size to which the larger ones are cut, so that all together have `total` at most.
    static func level(of sizes: [Int], total: Int) -> Int {
        var (left, count) = (total, sizes.count)
        for size in sizes.sorted() {
            if size > left / count { return left / count }
            left -= size
            count -= 1
        }
        return .max
    }
}

extension Hub {
    /// Events that go in one step at most: a fraction of a millisecond.
    private static let cutsPerStep = 4096
    /// Of them while one history is locked.
    private static let cutsAtOnce = 1024

    /// To be called after publications, and every second.
    func heedHistoryBudget() {
        guard ownsTopics, historyBudget.isDue(at: turn.instant) else { return }
        turn.afterSends { [unowned self] in cutHistories() }
    }

    private func cutHistories() {
        // Asked again: several steps may have been scheduled in one turn.
        guard historyBudget.isDue(at: turn.instant) else { return }
        if historyBudget.toCut.isEmpty {
            historyBudget.begin(allTopics.compactMap { $0 as? EventTopic })
        }
        let now = now()
        let youngest = now.nanoseconds - limits.eventAgeMin.wholeNanoseconds
        let young = Timestamp(nanoseconds: youngest)...now
        var left = Self.cutsPerStep
        while left > 0, let topic = historyBudget.toCut.last {
            let most = min(left, Self.cutsAtOnce)
            let cut = topic.history.cut(
                to: historyBudget.level, sparing: young, countMax: most)
            historyBudget.changed(by: -cut.bytes)
            metrics.cutEvents.add(UInt64(cut.events))
            // Who filters may stand far back, because nothing passed: he is told how far he is.
            if historyBudget.cut(cut.events, hasMore: cut.events == most) { topic.markDirty() }
            // One that has nothing to give costs a look.
            left -= max(cut.events, 16)
        }
        if historyBudget.toCut.isEmpty { historyBudget.ended(at: turn.instant()) }
    }
}
