package import Base
package import Market
internal import Schema
package import Streams

/// The best levels of one order book: a change-ordered window over the full-depth book that the
/// connector keeps. Shows nothing before the book has been in sync once; while it is being rebuilt
/// the last good levels stay, marked `resyncing`.
///
/// A depth that only somebody asked for costs nothing once nobody has wanted it for a minute: its
/// levels are forgotten, and filled anew (a new epoch) when it is named again.
package final class BookTopic: StateTopic {
    /// How long a book of a special depth is kept for subscribers who may come back.
    package static let keepLimit = Duration.seconds(60)

    package let depth: Int
    weak var board: InstrumentBoard?
    private var window: DepthWindow
    private var isFilled = false
    private let isAlwaysKept: Bool
    private var wantedAt: Timestamp
    /// After a takeover: until when our own book may be behind.
    private var catchUpLimit: Timestamp?

    init(_ identity: TopicIdentity, depth: Int, isAlwaysKept: Bool, hub: Hub) {
        self.depth = depth
        self.isAlwaysKept = isAlwaysKept
        wantedAt = hub.now()
        window = DepthWindow(depth: depth, tombstonesMax: hub.limits.removalsPerBookMax)
        super.init(identity, hub: hub)
    }

    package override var hasState: Bool { isFilled }

    private var emptyWindow: DepthWindow {
        DepthWindow(depth: depth, tombstonesMax: hub.limits.removalsPerBookMax)
    }

    /// Nil: the records are none of a window.
    private func window(_ bids: SideRecord, _ asks: SideRecord) -> DepthWindow? {
        DepthWindow(
            depth: depth, bids: bids, asks: asks, tombstonesMax: hub.limits.removalsPerBookMax)
    }

    /// Somebody named the topic. True if it has to be filled before it can show anything.
    func wanted() -> Bool {
        wantedAt = hub.now()
        return !isFilled
    }

    /// Whether the loop that owns the topic should hear that somebody named it: it has to be
    /// filled, or may be forgotten there.
    func isWorthTelling() -> Bool {
        let before = wantedAt
        if wanted() { return true }
        let isRecent =
            wantedAt.nanoseconds - before.nanoseconds < (Self.keepLimit / 4).wholeNanoseconds
        if isRecent { wantedAt = before }
        return !isAlwaysKept && !isRecent
    }

    /// Whether the book may be forgotten: special, without subscribers, and that for a while.
    private func isUnwanted(at now: Timestamp) -> Bool {
        if isAlwaysKept { return false }
        if subscriberCount > 0 { wantedAt = now }
        return now.nanoseconds - wantedAt.nanoseconds > Self.keepLimit.wholeNanoseconds
    }

    /// The book in sync at `venueSequence`. The first one after a loss begins a new epoch; one that
    /// changes nothing inside the window publishes nothing.
    package func apply(
        book: borrowing OrderBook, venueSequence: UInt64, eventTime: Timestamp,
        receiveTime: Timestamp
    ) {
        if isUnwanted(at: hub.now()) { return forget() }
        if let limit = catchUpLimit {
            // What was taken over may be ahead of our own book for a moment, not for long: then the
            // venue counts anew.
            if venueSequence < self.venueSequence, status == .live, hub.now() < limit { return }
            catchUpLimit = nil
            if venueSequence < self.venueSequence { isFilled = false }
        }
        if status != .live || !isFilled {
            window = emptyWindow
            isFilled = true
            beginEpoch()
            setStatus(.live)
        }
        if window.update(from: book, sequence: pendingSequence) { markDirty() }
        // A book that is only repeated for somebody new has no time of its own.
        stamp(
            venueSequence: venueSequence,
            eventTime: eventTime == .unknown ? self.eventTime : eventTime,
            receiveTime: receiveTime)
    }

    private func forget() {
        guard isFilled else { return }
        (isFilled, window) = (false, emptyWindow)
        hub.relay { .changed(change(since: nil)) }
    }

    // MARK: On other loops

    override func content(since base: UInt64?) -> TopicChange.Content {
        guard isFilled else { return .nothing }
        var change = BookChange()
        // A status changes no level: the window's own sequence may be behind the topic's.
        if let base, window.delta(since: min(base, window.sequence), into: &change) {
            return .levels(change)
        }
        let (bids, asks) = window.records
        return .book(bids: bids, asks: asks)
    }

    override func follow(_ content: TopicChange.Content) {
        switch content {
        case .nothing:
            (isFilled, window) = (false, emptyWindow)
            // It was forgotten while somebody here began to want it.
            if subscriberCount > 0 { hub.askOwner(for: self) }
        case .levels(let change): window.follow(change, at: position.sequence)
        case .book(let bids, let asks):
            guard let fresh = window(bids, asks) else {
                preconditionFailure("the book of \(name) on its owner's loop is none")
            }
            (isFilled, window) = (true, fresh)
        case .tick: preconditionFailure("\(name) is no tick")
        }
    }

    // MARK: Handover

    override func write(to record: inout TopicRecord) {
        guard isFilled else { return }
        (record.bids, record.asks) = window.records
    }

    override func restore(_ record: TopicRecord) -> Bool {
        let fresh: DepthWindow
        switch (record.bids, record.asks) {
        case (let bids?, let asks?):
            guard let told = window(bids, asks) else {
                return false
            }
            fresh = told
        case (nil, nil): fresh = emptyWindow
        default: return false
        }
        (isFilled, window) = (record.bids != nil, fresh)
        wantedAt = hub.now()
        catchUpLimit = wantedAt + Self.catchUpTime
        return true
    }

    private static let catchUpTime = Duration.seconds(10)

    // MARK: Payloads

    package override var fieldNames: FieldSet.Names { .book }

    override var filterValues: FilterValues {
        FilterValues(bestBid: window.best(.bid), bestAsk: window.best(.ask))
    }

    override func add(_ fields: FieldSet, to hash: inout StateHash) {
        guard isFilled else { return }
        var change = BookChange()
        window.snapshot(into: &change)
        if fields.contains(.bids) { for level in change.bids { hash.add("bid", level) } }
        if fields.contains(.asks) { for level in change.asks { hash.add("ask", level) } }
    }

    override func snapshotPayload(_ fields: FieldSet) -> Payload? {
        guard isFilled else { return nil }
        var change = BookChange()
        window.snapshot(into: &change)
        return Wire.book(change, fields, isSnapshot: true).map { .book($0) }
    }

    override func deltaPayload(since base: UInt64, _ fields: FieldSet) -> Payload?? {
        // What was forgotten may have been shown at `base`: there is no way from there to nothing
        // but to say so.
        guard isFilled else { return nil }
        var change = BookChange()
        // Sequences that only told a status are beyond the window's last change.
        guard window.delta(since: min(base, window.sequence), into: &change) else { return nil }
        if !fields.contains(.bids) { change.bids.removeAll() }
        if !fields.contains(.asks) { change.asks.removeAll() }
        if change.isEmpty { return .some(nil) }
        // A removed price may share no scale with the book's new ones: then only a snapshot helps.
        guard let book = Wire.book(change, fields, isSnapshot: false) else { return nil }
        return .book(book)
    }
}
