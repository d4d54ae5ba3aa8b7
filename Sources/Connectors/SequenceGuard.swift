/// Watches the ids a venue gives to the events of one stream.
///
/// Ids only grow; where they are contiguous, a jump is a hole. An id that is not newer is a repeat
/// and is ignored. One exception: a venue may count anew from a lower number, after a restart or
/// after one nonsensical id. That is believed after eleven ascending ids in a row, so that no fault
/// of the wire looks like it, and those that were ignored until then are a hole.
package struct SequenceGuard: Sendable, Equatable {
    package enum Verdict: Equatable, Sendable {
        case next
        /// Not newer than what we have: ignore it.
        case older
        /// These ids before it never came, or were ignored.
        case hole(from: UInt64, through: UInt64)
    }

    private static let restartRun = 11

    /// The newest id, once there was one.
    package private(set) var newest: UInt64?
    /// Known from elsewhere; nil as soon as the stream is beyond it.
    private var known: UInt64?
    /// The stream had time to come up to it.
    private var isKnownOld = false
    /// The first id of the present count.
    private var first: UInt64?
    private var olderRun = 0
    private var olderFirst: UInt64 = 0
    private var olderNewest: UInt64 = 0

    package init() {}

    /// Everything up to that id is known from elsewhere. The stream itself may still be behind it:
    /// that is no counting anew.
    package mutating func skip(through id: UInt64) {
        if newest.map({ $0 < id }) ?? true { (known, isKnownOld) = (id, false) }
    }

    /// The stream had time to come up to what is known. Ids that are still not newer belong to
    /// another count, and nobody was told of those that came: they are returned.
    package mutating func settle() -> ClosedRange<UInt64>? {
        guard known != nil else { return nil }
        guard let newest else {
            isKnownOld = true
            return nil
        }
        known = nil
        return (first ?? newest)...newest
    }

    /// An id of a stream whose ids are contiguous.
    package mutating func contiguous(_ id: UInt64) -> Verdict {
        let newest = newest
        let verdict = judgeContiguous(id)
        guard let known, verdict != .older else { return verdict }
        if let newest, id <= newest {
            // Counted anew: what was known counts no more.
            self.known = nil
            return verdict
        }
        if id <= known && !isKnownOld { return .older }
        self.known = nil
        if id <= known { return verdict }
        return id == known + 1 ? .next : .hole(from: known + 1, through: id - 1)
    }

    /// An id of a stream whose ids only grow.
    package mutating func increasing(_ id: UInt64) -> Verdict {
        if let newest, id <= newest {
            if !countsAnew(at: id) { return .older }
            known = nil
        }
        accept(id)
        if let known, id <= known, !isKnownOld { return .older }
        known = nil
        return .next
    }

    private mutating func judgeContiguous(_ id: UInt64) -> Verdict {
        guard let newest else {
            accept(id)
            return .next
        }
        if id > newest {
            accept(id)
            return id == newest + 1 ? .next : .hole(from: newest + 1, through: id - 1)
        }
        return countsAnew(at: id) ? .hole(from: olderFirst, through: id - 1) : .older
    }

    /// Whether so many ids that are not newer came in order that the venue means it.
    private mutating func countsAnew(at id: UInt64) -> Bool {
        if olderRun == 0 || id <= olderNewest {
            olderRun = 0
            olderFirst = id
        }
        olderRun += 1
        olderNewest = id
        guard olderRun >= Self.restartRun else { return false }
        accept(id)
        return true
    }

    private mutating func accept(_ id: UInt64) {
        if newest.map({ id < $0 }) ?? true { first = id }
        newest = id
        olderRun = 0
    }
}
