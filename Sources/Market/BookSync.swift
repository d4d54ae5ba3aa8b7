/// Keeps one order book equal to the venue's, or says that it cannot: buffer, snapshot, replay,
/// live (Binance, "How to manage a local order book correctly", 2024-08).
///
///            subscribed,
///            first diff                 snapshot that fits
///     empty ────────────► buffering ───────────────────────────► live ──┐
///       ▲       ask         │  ▲  ▲                               │ │ ▲  │ diff in order:
///       │                   │  │  └───────────────────────────────┘ │ └──┘ applied
///       │                   └──┘    gap, crossed book, bad level:   │
///       │   snapshot that does not:      resync, ask                │
///       │          ask again                                        │
///       └────────────────────────── disconnected ───────────────────┘
///
/// Messages come level by level, so that nobody builds arrays:
///
///     if sync.beginDiff(first: U, last: u) != .ignore {
///         for level in message { sync.applyLevel(side, price: price, quantity: quantity) }
///     }
///     switch sync.endDiff() { … }
///
/// and a snapshot likewise. What it promises:
///  - `book` can be read only while it equals the venue's book at `updateID`;
///  - diffs are applied without a hole: each begins at most one after `updateID`;
///  - ids never run backwards, unless the venue insists (`staleAnswersMax`, `repeatsMax`);
///  - it heals by itself: in every other state a snapshot has been asked for;
///  - waiting is bounded (`DiffBuffer`), and being live allocates nothing.
///
/// A pure value: it reads no clock and does no I/O. It belongs to one symbol; a resync of one is
/// not felt by any other.
package struct BookSync: ~Copyable {
    package enum State: Equatable, Sendable {
        /// Nothing is known and nothing was asked for.
        case empty
        /// A snapshot was asked for; diffs wait for it.
        case buffering
        /// The book is the venue's.
        case live
    }

    /// After so many answers in a row that were older than what we had seen, the venue means it:
    /// its ids began anew. With a second or two between answers that is well below ten seconds.
    package static let staleAnswersMax = 5
    /// After so many diffs in a row that were all known, likewise: six seconds at one in 100 ms.
    package static let repeatsMax = 64

    package private(set) var state = State.empty
    /// The venue's id of the last message in `book`; meaningful while live.
    package private(set) var updateID: UInt64 = 0

    private var liveBook = OrderBook()
    private var buffer = DiffBuffer()
    /// Highest id ever seen for this symbol, on any connection.
    private var newestID: UInt64 = 0
    private var staleAnswers = 0
    private var repeats = 0
    private var message = Message.none
    /// What is wrong with the message so far.
    private var fault: BadLevel?

    /// The message whose levels are coming in.
    private enum Message {
        case none
        case liveDiff(last: UInt64)
        case bufferedDiff(then: Action)
        case snapshot(lastUpdateID: UInt64)
        case ignored(then: Action)
    }

    package init() {}

    /// The venue's book at `updateID`. Only while live, and not between `begin` and `end`.
    package var book: OrderBook {
        _read {
            precondition(state == .live, "a book is readable while live, not while \(summary)")
            expectNoMessage()
            yield liveBook
        }
    }

    // MARK: Diffs

    /// A diff that replaces levels of the book at any id from `first` - 1 to `last` and leads to
    /// `last` (Binance `U` and `u`).
    package mutating func beginDiff(first: UInt64, last: UInt64) -> Verdict {
        expectNoMessage()
        fault = first > last ? .idsReversed(first: first, last: last) : nil
        switch state {
        case .empty:
            state = .buffering
            return buffer(first, last, then: .requestSnapshot(.firstDiff))
        case .buffering:
            let isRepeat = buffer.last.map { last <= $0 } ?? false
            if isRepeat && isPlausibleRepeat() { return ignore() }
            // Only a snapshot from beyond a hole helps: what lies before it never will.
            if isRepeat { newestID = 0 }
            if isRepeat || !buffer.reaches(first) { buffer.removeAll() }
            return buffer(first, last, then: .buffered)
        case .live:
            if last <= updateID {
                if isPlausibleRepeat() { return ignore() }
                // What was known belongs to numbers that are no more.
                newestID = 0
                return buffer(first, last, then: discardBook(.idsWentBack))
            }
            if first > updateID, first - updateID > 1 {
                let gap = ResyncReason.gap(after: updateID, next: first)
                return buffer(first, last, then: discardBook(gap))
            }
            repeats = 0
            message = .liveDiff(last: last)
            return .apply
        }
    }

    /// One level of the message that began. Quantity zero removes the price.
    @inline(__always)
    package mutating func applyLevel(_ side: OrderBook.Side, price: Decimal, quantity: Decimal) {
        switch message {
        case .liveDiff: set(side, price, quantity)
        case .bufferedDiff: hold(side, price, quantity)
        case .snapshot: append(side, price, quantity)
        case .ignored: break
        case .none: preconditionFailure("a level outside of a message, \(summary)")
        }
    }

    /// A level that could not be read; it spoils the message that began.
    package mutating func receivedUnreadableLevel(_ error: DecimalError) {
        fault = fault ?? .unreadable(error)
    }

    package mutating func endDiff() -> Action {
        defer { message = .none }
        switch message {
        case .liveDiff(let last):
            newestID = last
            if let fault { return discardBook(.badLevel(fault)) }
            if liveBook.isCrossed { return discardBook(.crossed(at: last)) }
            updateID = last
            return .applied
        case .bufferedDiff(let action):
            // A spoilt diff is a hole: what is before it will never be needed.
            if fault != nil { buffer.removeAll() }
            guard buffer.isOverfull else { return action }
            buffer.removeAll()
            return .requestSnapshot(.bufferFull)
        case .ignored(let action):
            return action
        case .none, .snapshot:
            preconditionFailure("no diff began, \(summary)")
        }
    }

    // MARK: Snapshots

    /// The venue's answer to a request: the whole book at `lastUpdateID`.
    package mutating func beginSnapshot(lastUpdateID: UInt64) -> Verdict {
        expectNoMessage()
        fault = nil
        // A late answer to a question of an earlier connection, or to one asked twice.
        guard state == .buffering else { return ignore() }
        // Where the book would stand after the replay.
        let reach = max(lastUpdateID, buffer.last ?? 0)
        if reach < newestID {
            staleAnswers += 1
            if staleAnswers < BookSync.staleAnswersMax {
                return ignore(then: .requestSnapshot(.stale(lastUpdateID, known: newestID)))
            }
        }
        if let first = buffer.first, !buffer.continues(lastUpdateID) {
            return ignore(then: .requestSnapshot(.tooOld(lastUpdateID, firstBuffered: first)))
        }
        liveBook.removeAll()
        message = .snapshot(lastUpdateID: lastUpdateID)
        return .apply
    }

    package mutating func endSnapshot() -> Action {
        defer { message = .none }
        switch message {
        case .snapshot(let lastUpdateID): return goLive(at: lastUpdateID)
        case .ignored(let action): return action
        case .none, .liveDiff, .bufferedDiff:
            preconditionFailure("no snapshot began, \(summary)")
        }
    }

    // MARK: The connection

    /// The venue confirmed the stream of diffs. A pair may be quiet for minutes: its snapshot is
    /// not left to wait for the first diff.
    package mutating func subscribed() -> Action {
        expectNoMessage()
        guard state == .empty else { return .none }
        state = .buffering
        return .requestSnapshot(.subscribed)
    }

    /// The feed is gone, and with it the certainty that nothing was missed. What was seen is
    /// remembered: the book will not go back behind it.
    package mutating func disconnected() {
        expectNoMessage()
        state = .empty
        buffer.removeAll()
        liveBook.removeAll()
        (staleAnswers, repeats) = (0, 0)
    }

    /// For logs.
    package var summary: String {
        "\(state) at \(updateID), newest \(newestID), \(buffer.diffs.count) diffs buffered"
    }
}

// MARK: - Steps

extension BookSync {
    private mutating func ignore(then action: Action = .none) -> Verdict {
        message = .ignored(then: action)
        return .ignore
    }

    private mutating func buffer(
        _ first: UInt64, _ last: UInt64, then action: Action
    ) -> Verdict {
        repeats = 0
        newestID = max(newestID, last)
        buffer.begin(first: first, last: last)
        message = .bufferedDiff(then: action)
        return .buffer
    }

    /// The snapshot is in the book: replays what it does not cover, and looks at the result.
    private mutating func goLive(at lastUpdateID: UInt64) -> Action {
        attempt { book throws(OrderBookError) in try book.sort() }
        if let fault { return .requestSnapshot(.badLevel(fault)) }
        for level in buffer.levels(after: lastUpdateID) {
            set(level.side, level.price, level.quantity)
        }
        if fault != nil || liveBook.isCrossed {
            // Snapshot or buffer, one of them lies: believe neither.
            buffer.removeAll()
            return .requestSnapshot(fault.map { .badLevel($0) } ?? .crossed(at: lastUpdateID))
        }
        updateID = max(lastUpdateID, buffer.last ?? 0)
        newestID = updateID
        buffer.removeAll()
        (staleAnswers, repeats) = (0, 0)
        state = .live
        return .wentLive
    }

    private mutating func discardBook(_ reason: ResyncReason) -> Action {
        state = .buffering
        liveBook.removeAll()
        return .resync(reason)
    }

    /// Repeated and overtaken diffs are normal; nothing but them is not.
    private mutating func isPlausibleRepeat() -> Bool {
        repeats += 1
        return repeats < BookSync.repeatsMax
    }

    @inline(__always)
    private mutating func set(_ side: OrderBook.Side, _ price: Decimal, _ quantity: Decimal) {
        do throws(OrderBookError) {
            try liveBook.set(side, price: price, quantity: quantity)
        } catch {
            fault = fault ?? .impossible(error)
        }
    }

    private mutating func hold(_ side: OrderBook.Side, _ price: Decimal, _ quantity: Decimal) {
        buffer.append(side, price, quantity)
        attempt { _ throws(OrderBookError) in try OrderBook.check(price, quantity) }
    }

    private mutating func append(_ side: OrderBook.Side, _ price: Decimal, _ quantity: Decimal) {
        attempt { book throws(OrderBookError) in
            try book.append(side, price: price, quantity: quantity)
        }
    }

    private mutating func attempt(_ step: (inout OrderBook) throws(OrderBookError) -> Void) {
        do throws(OrderBookError) {
            try step(&liveBook)
        } catch {
            fault = fault ?? .impossible(error)
        }
    }

    /// An ignored message may be left without an end; its action is lost then.
    private func expectNoMessage() {
        switch message {
        case .none, .ignored: return
        case .liveDiff, .bufferedDiff, .snapshot:
            preconditionFailure("a message has begun and not ended, \(summary)")
        }
    }
}
