/// Keeps one order book equal to the venue's, or says that it cannot: buffer, snapshot, replay,
/// live (Binance, "How to manage a local order book correctly", 2024-08).
///
///                 diff                      snapshot that fits
///     empty ───────────────► buffering ───────────────────────────► live
///       ▲                    ▲   │ ▲                                 │ │ diff in order: applied
///       │   does not fit:    └───┘ └─────────────────────────────────┘ │
///       │   ask again                gap, crossed book, bad level      │
///       └────────────────────── disconnected ──────────────────────────┘
///
/// Messages come level by level, so that nobody builds arrays:
///
///     guard sync.beginDiff(first: U, last: u) != .ignore else { return }
///     for level in message { sync.applyLevel(side, price: price, quantity: quantity) }
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

    /// What becomes of a message that begins.
    package enum Verdict: Equatable, Sendable {
        /// Its levels go into the book: give them, then end the message.
        case apply
        /// Its levels wait for a snapshot: give them, then end the message.
        case buffer
        /// It says nothing that is not known: neither levels nor an end are expected.
        case ignore
    }

    /// What the caller must do after a message.
    package enum Action: Equatable, Sendable {
        case none
        /// The diff waits for the snapshot that was asked for.
        case buffered
        /// The book moved: publish it.
        case applied
        /// The book is whole, for the first time or again: publish a snapshot in a new epoch.
        case wentLive
        /// Ask the venue for a snapshot, unless an answer is still due.
        case requestSnapshot(SnapshotReason)
        /// The book was right and is no more: say so to subscribers, ask for a snapshot.
        case resync(ResyncReason)
    }

    /// After so many answers in a row that were older than what we had seen, the venue means it:
    /// its ids began anew.
    package static let staleAnswersMax = 10
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
    }

    package init() {}

    /// The venue's book at `updateID`. Only while live, and not between `begin` and `end`.
    package var book: OrderBook {
        _read {
            precondition(state == .live, "a book is readable while live, not while \(summary)")
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
        case .live:
            if last <= updateID && isPlausibleRepeat() { return .ignore }
            if last <= updateID { return startOver(.idsWentBack, first, last) }
            if first > updateID, first - updateID > 1 {
                return startOver(.gap(after: updateID, next: first), first, last)
            }
            repeats = 0
            message = .liveDiff(last: last)
            return .apply
        case .buffering:
            if let newest = buffer.last, last <= newest {
                if isPlausibleRepeat() { return .ignore }
                buffer.removeAll()
            }
            // A hole in the buffer: only a snapshot from beyond it helps, so what lies before the
            // hole will never be needed.
            if let newest = buffer.last, first > newest, first - newest > 1 { buffer.removeAll() }
            return startBuffering(first, last, then: .buffered)
        case .empty:
            state = .buffering
            return startBuffering(first, last, then: .requestSnapshot(.firstDiff))
        }
    }

    /// One level of the message that began. Quantity zero removes the price.
    @inline(__always)
    package mutating func applyLevel(_ side: OrderBook.Side, price: Decimal, quantity: Decimal) {
        switch message {
        case .liveDiff: set(side, price, quantity)
        case .bufferedDiff: buffer.append(side, price, quantity)
        case .snapshot: append(side, price, quantity)
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
            if fault != nil || buffer.isOverfull { buffer.removeAll() }
            return action
        case .none, .snapshot:
            preconditionFailure("no diff began, \(summary)")
        }
    }

    // MARK: Snapshots

    /// The answer to a request. `.ignore` comes with what to do instead.
    package mutating func beginSnapshot(lastUpdateID: UInt64) -> (verdict: Verdict, Action) {
        expectNoMessage()
        // Late answer to a question of an earlier connection, or to one asked twice.
        guard state == .buffering else { return (.ignore, .none) }
        let isBridged = buffer.continues(from: lastUpdateID)
        // Where the book would stand after the replay.
        let reach = max(lastUpdateID, buffer.last ?? 0)
        if reach < newestID {
            staleAnswers += 1
            if staleAnswers < BookSync.staleAnswersMax {
                let reason = SnapshotReason.stale(lastUpdateID, known: newestID)
                return (.ignore, .requestSnapshot(reason))
            }
        }
        guard isBridged else {
            let reason = SnapshotReason.tooOld(lastUpdateID, firstBuffered: buffer.first ?? 0)
            return (.ignore, .requestSnapshot(reason))
        }
        fault = nil
        liveBook.removeAll()
        message = .snapshot(lastUpdateID: lastUpdateID)
        return (.apply, .none)
    }

    package mutating func endSnapshot() -> Action {
        guard case .snapshot(let lastUpdateID) = message else {
            preconditionFailure("no snapshot began, \(summary)")
        }
        message = .none
        sortBook()
        if let fault { return .requestSnapshot(.badLevel(fault)) }
        replayBuffer(after: lastUpdateID)
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

    // MARK: The connection

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
    private mutating func startBuffering(
        _ first: UInt64, _ last: UInt64, then action: Action
    ) -> Verdict {
        repeats = 0
        newestID = max(newestID, last)
        buffer.begin(first: first, last: last)
        message = .bufferedDiff(then: action)
        return .buffer
    }

    /// Throws the book away over a diff that is itself sound: it is the first of the new buffer.
    private mutating func startOver(
        _ reason: ResyncReason, _ first: UInt64, _ last: UInt64
    ) -> Verdict {
        startBuffering(first, last, then: discardBook(reason))
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

    private mutating func append(_ side: OrderBook.Side, _ price: Decimal, _ quantity: Decimal) {
        do throws(OrderBookError) {
            try liveBook.append(side, price: price, quantity: quantity)
        } catch {
            fault = fault ?? .impossible(error)
        }
    }

    private mutating func sortBook() {
        do throws(OrderBookError) {
            try liveBook.sort()
        } catch {
            fault = fault ?? .impossible(error)
        }
    }

    private mutating func replayBuffer(after id: UInt64) {
        for level in buffer.levels(after: id) { set(level.side, level.price, level.quantity) }
    }

    private func expectNoMessage() {
        guard case .none = message else {
            preconditionFailure("a message began inside another, \(summary)")
        }
    }
}
