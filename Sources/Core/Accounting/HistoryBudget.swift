internal import Base

/// The memory of all event topics' histories together; each has its own bounds beside.
///
/// Above seven eighths of it a round begins: every history is measured, then the larger ones give
/// up their oldest events, down to one size for all, until three quarters are taken. What is young
/// stays in any case, for those who are told at a rate, on other loops, or a little later than
/// others. A round goes by steps, after the sends of a turn, so that nobody waits for it for long,
/// however many topics there are.
struct HistoryBudget {
    private enum Stage {
        /// Nothing is done before that time.
        case resting(until: Instant)
        case measuring
        case cutting(to: Int)
    }

    private let bytesMax: Int
    private(set) var bytes = 0
    /// In no order; each knows its place.
    private var topics: [EventTopic] = []
    private var stage = Stage.resting(until: Instant(nanoseconds: .min))
    /// The topic that the stage has come to.
    private var place = 0
    private var sizes = SizeTable()
    /// The next step is on its way.
    var isStepping = false

    /// Between two rounds, if what is left is young, or a little of very many.
    private static let pause = Duration.seconds(1)
    /// Topics that one step looks at, and events that go: each a fraction of a millisecond.
    static let looksPerStep = 1024
    static let cutsPerStep = 4096
    /// Of them while one history is locked.
    private static let cutsAtOnce = 1024

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    private var isExceeded: Bool { bytes > bytesMax - bytesMax / 8 }
    /// What a round leaves.
    private var goal: Int { bytesMax - bytesMax / 4 }

    /// Whether there is something to do.
    func isDue(at now: () -> Instant) -> Bool {
        guard case .resting(let end) = stage else { return true }
        return isExceeded && now() >= end
    }

    /// A history has become so much larger, or smaller.
    mutating func changed(by difference: Int) { bytes += difference }

    /// A new topic.
    mutating func add(_ topic: EventTopic) {
        topic.placeInBudget = topics.count
        topics.append(topic)
    }

    /// The topic is no more. The last one takes its place, and may miss this round.
    mutating func remove(_ topic: EventTopic) {
        let free = topic.placeInBudget
        guard free < topics.count, topics[free] === topic else { return }
        bytes -= topic.history.memory
        let last = topics.removeLast()
        guard free < topics.count else { return }
        topics[free] = last
        last.placeInBudget = free
    }

    // MARK: A round

    /// What a step did: how many events went, and which topics gave some.
    struct Step {
        var events = 0
        var cut: [EventTopic] = []
    }

    mutating func step(at now: Instant, sparing young: ClosedRange<Timestamp>) -> Step {
        switch stage {
        case .resting:
            (sizes, place) = (SizeTable(), 0)
            stage = .measuring
            measure(now)
        case .measuring: measure(now)
        case .cutting(let size): return cut(to: size, at: now, sparing: young)
        }
        return Step()
    }

    private mutating func measure(_ now: Instant) {
        let end = min(topics.count, place + Self.looksPerStep)
        while place < end {
            sizes.add(topics[place].history.memory)
            place += 1
        }
        guard place >= topics.count else { return }
        let level = sizes.level(total: goal)
        place = 0
        if level == .max { endRound(at: now) } else { stage = .cutting(to: level) }
    }

    private mutating func cut(
        to size: Int, at now: Instant, sparing young: ClosedRange<Timestamp>
    ) -> Step {
        var (step, left) = (Step(), Self.cutsPerStep)
        while left > 0, place < topics.count, bytes > goal {
            let topic = topics[place]
            let most = min(left, Self.cutsAtOnce)
            let cut = topic.history.cut(to: size, sparing: young, countMax: most)
            bytes -= cut.bytes
            step.events += cut.events
            left -= max(cut.events, Self.cutsPerStep / Self.looksPerStep)
            if cut.events > 0, step.cut.last !== topic { step.cut.append(topic) }
            // It may have more to give.
            if cut.events < most { place += 1 }
        }
        if place >= topics.count || bytes <= goal { endRound(at: now) }
        return step
    }

    private mutating func endRound(at now: Instant) {
        stage = .resting(until: bytes > goal ? now + Self.pause : now)
    }
}

extension Hub {
    /// From one step to the next, at least.
    private static let historyStepPause = Duration.milliseconds(1)

    /// To be called after publications, and every second.
    func heedHistoryBudget() {
        guard ownsTopics, !historyBudget.isStepping, historyBudget.isDue(at: turn.instant)
        else { return }
        historyBudget.isStepping = true
        turn.afterSends { [unowned self] in cutHistories() }
    }

    private func cutHistories() {
        let now = now()
        let youngest = now.nanoseconds - limits.eventAgeMin.wholeNanoseconds
        let step = historyBudget.step(
            at: turn.instant(), sparing: Timestamp(nanoseconds: youngest)...now)
        metrics.cutEvents.add(UInt64(step.events))
        // Who filters may stand far back, because nothing passed: he is told how far he is.
        for topic in step.cut { topic.markDirty() }
        guard historyBudget.isDue(at: turn.instant) else { return historyBudget.isStepping = false }
        turn.schedule(after: Self.historyStepPause) { [weak self] in
            guard let self else { return }
            turn.afterSends { [unowned self] in cutHistories() }
        }
    }
}
