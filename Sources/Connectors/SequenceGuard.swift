/// Watches the ids a venue gives to the events of one stream.
///
/// Ids only grow; where they are contiguous, a jump is a hole. An id that is not newer is a repeat
/// and is ignored. One exception: a venue that restarted may count from a lower number. That is
/// believed only on another connection than the one the known id came from, and only after eleven
/// ascending ids in a row, so that no fault of the wire looks like it.
package struct SequenceGuard: Sendable, Equatable {
    package enum Verdict: Equatable, Sendable {
        case next
        /// Not newer than what we have: ignore it.
        case older
        /// Newer, but these ids before it never came.
        case hole(from: UInt64, through: UInt64)
    }

    private static let restartRun = 11

    /// The newest id, once there was one.
    package private(set) var newest: UInt64?
    private var session = 0
    private var olderRun = 0
    private var olderNewest: UInt64 = 0

    package init() {}

    /// An id of a stream whose ids are contiguous, received on connection number `session`.
    package mutating func contiguous(_ id: UInt64, session: Int) -> Verdict {
        guard let known = newest else {
            accept(id, session)
            return .next
        }
        guard id > known else { return older(id, session) }
        accept(id, session)
        return id == known + 1 ? .next : .hole(from: known + 1, through: id - 1)
    }

    /// An id of a stream whose ids only grow.
    package mutating func increasing(_ id: UInt64, session: Int) -> Verdict {
        guard let known = newest, id <= known else {
            accept(id, session)
            return .next
        }
        return older(id, session)
    }

    private mutating func older(_ id: UInt64, _ session: Int) -> Verdict {
        guard session != self.session else { return .older }
        olderRun = olderRun > 0 && id > olderNewest ? olderRun + 1 : 1
        olderNewest = id
        guard olderRun >= Self.restartRun else { return .older }
        accept(id, session)
        return .next
    }

    private mutating func accept(_ id: UInt64, _ session: Int) {
        newest = id
        self.session = session
        olderRun = 0
    }
}
