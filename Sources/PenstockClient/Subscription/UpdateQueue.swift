internal import Schema

/// What a subscription has received and its consumer not yet taken. Bounded whatever the consumer
/// does: newer state takes the place of older, and events beyond the limit are named by a gap.
///
/// Holds at most `statesMax` updates of state topics one by one, `eventsMax` events, and beside
/// them for each topic one newest update and one gap. Updates of a topic come out in order; a gap
/// comes out before everything younger.
struct UpdateQueue {
    private enum Entry {
        case kept(TopicUpdate)
        /// The newest update of the topic with this number, wherever it is by then.
        case newest(Int)
    }

    private struct Slot {
        var newest: TopicUpdate?
        /// Lost events, and the topic when the last of them came.
        var gap: (TopicGap, MergedState)?
    }

    private let statesMax: Int
    private let eventsMax: Int
    private var line = FirstInFirstOut<Entry>()
    private var numbers: [String: Int] = [:]
    private var slots: [Slot] = []
    /// Topics with a gap, oldest first.
    private var gaps = FirstInFirstOut<Int>()
    private var stateCount = 0
    private var eventCount = 0

    /// - Parameter statesMax: 0: only ever the newest.
    init(statesMax: Int, eventsMax: Int) {
        precondition(statesMax >= 0 && eventsMax >= 1, "\(statesMax) states, \(eventsMax) events")
        (self.statesMax, self.eventsMax) = (statesMax, eventsMax)
    }

    var count: Int { line.count + gaps.count }

    mutating func append(_ update: TopicUpdate) {
        let number = number(of: update.topic)
        if update.isEvent {
            line.append(.kept(update))
            eventCount += 1
            if eventCount > eventsMax { dropOldestEvent() }
        } else if statesMax == 0 || slots[number].newest != nil {
            conflate(update, number)
        } else {
            line.append(.kept(update))
            stateCount += 1
            if stateCount > statesMax { conflateAll() }
        }
    }

    mutating func next() -> TopicUpdate? {
        if let number = gaps.popFirst(), let (gap, state) = slots[number].gap {
            slots[number].gap = nil
            return TopicUpdate(state, .gap(gap))
        }
        switch line.popFirst() {
        case nil: return nil
        case .newest(let number):
            defer { slots[number].newest = nil }
            return slots[number].newest
        case .kept(let update):
            if update.isEvent { eventCount -= 1 } else { stateCount -= 1 }
            return update
        }
    }

    private mutating func number(of topic: String) -> Int {
        if let known = numbers[topic] { return known }
        let number = slots.count
        numbers[topic] = number
        slots.append(Slot())
        return number
    }

    /// O(1): the update takes the place of the one that waits, or the last place in the line.
    private mutating func conflate(_ update: TopicUpdate, _ number: Int) {
        guard let older = slots[number].newest else {
            slots[number].newest = update
            line.append(.newest(number))
            return
        }
        var newest: TopicUpdate
        switch (older.cause, update.cause) {
        case (_, .rejected), (.status, .status): newest = update
        default: newest = TopicUpdate(update.merged, .several)
        }
        newest.skipped = older.skipped + 1 + update.skipped
        slots[number].newest = newest
    }

    /// Too many states are kept: each topic goes on with its newest. O(line), but only once for
    /// each topic until the consumer has taken it.
    private mutating func conflateAll() {
        var old = FirstInFirstOut<Entry>()
        swap(&old, &line)
        stateCount = 0
        while let entry = old.popFirst() {
            switch entry {
            case .kept(let update) where !update.isEvent:
                conflate(update, number(of: update.topic))
            case .kept, .newest: line.append(entry)
            }
        }
    }

    private mutating func dropOldestEvent() {
        // What stands before the oldest event goes behind: no harm to the newest of a topic, but
        // updates that are kept one by one would change places.
        if stateCount > 0 { conflateAll() }
        while let entry = line.popFirst() {
            guard case .kept(let update) = entry else {
                line.append(entry)
                continue
            }
            eventCount -= 1
            return lose(update)
        }
    }

    private mutating func lose(_ event: TopicUpdate) {
        let number = number(of: event.topic)
        if slots[number].gap == nil { gaps.append(number) }
        let gap = TopicGap(slots[number].gap?.0, and: event)
        slots[number].gap = (gap, event.merged)
    }
}

extension TopicGap {
    /// The gap so far and one more event, which follows it. How many are missing is unknown once
    /// the topic began anew in between.
    fileprivate init(_ gap: TopicGap?, and event: TopicUpdate) {
        guard case .update(let update) = event.cause, let last = update.sequence,
            !Self.isRenewal(update)
        else {
            self.init(lost: nil)
            return
        }
        let base = update.baseSequence ?? (last == 0 ? 0 : last - 1)
        guard let gap else {
            self.init(lost: min(base + 1, last)...last)
            return
        }
        self.init(lost: gap.sequences.map { $0.lowerBound...max($0.upperBound, last) })
    }

    private static func isRenewal(_ update: Update) -> Bool {
        guard case .gap(let gap) = update.payload else { return false }
        return gap.reason == .newEpoch
    }
}

/// A line with O(1) ends, amortised.
private struct FirstInFirstOut<Element> {
    private var elements: [Element?] = []
    private var start = 0

    var count: Int { elements.count - start }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard start < elements.count else { return nil }
        let element = elements[start].take()
        start += 1
        if start == elements.count {
            elements.removeAll(keepingCapacity: elements.count <= Self.capacityKept)
            start = 0
        } else if start > elements.count / 2 && start > Self.capacityKept {
            elements.removeFirst(start)
            start = 0
        }
        return element
    }

    /// A larger one gives its memory back.
    private static var capacityKept: Int { 1024 }
}
