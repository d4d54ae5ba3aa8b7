internal import Base

/// The memory of all event topics' histories together; each has its own bounds beside.
///
/// Above seven eighths of it the largest histories give up their oldest events, down to one size
/// for all, until three quarters are taken. What has come in the last seconds stays in any case,
/// for those who are told at a rate, on other loops, or a little later than others. It goes by
/// steps at the end of turns, when everything is published, so that no turn is held up for long.
struct HistoryBudget {
    private let bytesMax: Int
    private(set) var bytes = 0
    /// When a round may begin; the last one ended a little before.
    private var next = Instant(nanoseconds: .min)
    /// Those that are still to be cut in this round, and to which size.
    var toCut: [SharedHistory] = []
    private(set) var level = Int.max

    /// Between two rounds, if what is left is young: each looks at all histories.
    private static let pause = Duration.seconds(1)

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    private var isExceeded: Bool { bytes > bytesMax - bytesMax / 8 }

    func isDue(at now: Instant) -> Bool { isExceeded && now >= next }

    /// A history has become so much larger, or smaller.
    mutating func changed(by difference: Int) { bytes += difference }

    mutating func begin(_ histories: [SharedHistory]) {
        let sizes = histories.map(\.memory)
        level = Self.level(of: sizes, total: bytesMax - bytesMax / 4)
        toCut = zip(histories, sizes).filter { $0.1 > level }.map(\.0)
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
    /// Events that go in one turn at most: a fraction of a millisecond.
    private static let cutsPerTurn = 4096
    /// Of them while one history is locked.
    private static let cutsAtOnce = 1024

    /// One step, once a turn's publications are done, and every second.
    func cutHistories() {
        if historyBudget.toCut.isEmpty {
            guard historyBudget.isDue(at: turn.instant()) else { return }
            historyBudget.begin(allTopics.compactMap { ($0 as? EventTopic)?.history })
        }
        let youngest = Timestamp(
            nanoseconds: now().nanoseconds - limits.eventAgeMin.wholeNanoseconds)
        var left = Self.cutsPerTurn
        while left > 0, let history = historyBudget.toCut.last {
            let most = min(left, Self.cutsAtOnce)
            let cut = history.cut(to: historyBudget.level, before: youngest, countMax: most)
            historyBudget.changed(by: -cut.bytes)
            metrics.cutEvents.add(UInt64(cut.events))
            if cut.events < most { historyBudget.toCut.removeLast() }
            // One that has nothing to give costs a look.
            left -= max(cut.events, 16)
        }
        if historyBudget.toCut.isEmpty { historyBudget.ended(at: turn.instant()) }
    }
}
