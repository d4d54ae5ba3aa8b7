/// A point in a topic's life: which run of sequences, and where in it. Moved only as a whole.
@usableFromInline
package struct Position: Hashable, Sendable {
    /// One unbroken run of sequences, see `Epoch`.
    @usableFromInline package var epoch: UInt64
    /// Last update applied; 0 is before the first.
    @usableFromInline package var sequence: UInt64

    @inlinable package init(epoch: UInt64, sequence: UInt64) {
        self.epoch = epoch
        self.sequence = sequence
    }

    /// Inlinable: it is asked several times for every publication.
    @inlinable
    package static func == (one: Position, other: Position) -> Bool {
        one.epoch == other.epoch && one.sequence == other.sequence
    }
}
