/// A point in a topic's life: which run of sequences, and where in it. Moved only as a whole.
package struct Position: Hashable, Sendable {
    /// One unbroken run of sequences, see `Epoch`.
    package var epoch: UInt64
    /// Last update applied; 0 is before the first.
    package var sequence: UInt64

    package init(epoch: UInt64, sequence: UInt64) {
        self.epoch = epoch
        self.sequence = sequence
    }
}
