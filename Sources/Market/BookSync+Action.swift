extension BookSync {
    /// What becomes of a message that begins.
    package enum Verdict: Equatable, Sendable {
        /// Its levels go into the book.
        case apply
        /// Its levels wait for a snapshot.
        case buffer
        /// Its levels are of no use; whoever gives them nevertheless does no harm.
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

    /// Why a book that was right is no more.
    package enum ResyncReason: Equatable, Sendable {
        /// Diffs between `after` and `next` never came.
        case gap(after: UInt64, next: UInt64)
        /// A whole diff later somebody bids at least what somebody asks.
        case crossed(at: UInt64)
        case badLevel(BadLevel)
        /// Only ids below ours for `repeatsMax` diffs: the venue began to count anew.
        case idsWentBack
    }

    /// Why a snapshot is needed, or another one.
    package enum SnapshotReason: Equatable, Sendable {
        /// The venue confirmed the stream of diffs.
        case subscribed
        /// The first diff of a connection came, unannounced.
        case firstDiff
        /// No snapshot came before the buffer was full; it was emptied.
        case bufferFull
        /// Diffs between the snapshot and the first one buffered are missing.
        case tooOld(UInt64, firstBuffered: UInt64)
        /// Taking it would lead back behind what we had seen.
        case stale(UInt64, known: UInt64)
        /// With the buffered diffs it makes a crossed book.
        case crossed(at: UInt64)
        case badLevel(BadLevel)
    }

    /// What is wrong inside of a message.
    package enum BadLevel: Equatable, Sendable {
        case unreadable(DecimalError)
        case impossible(OrderBookError)
        /// The diff ends before it begins.
        case idsReversed(first: UInt64, last: UInt64)
    }
}
