package import Streams

/// Why an update cannot be applied. The state is unchanged, and only a snapshot helps.
package enum MergeError: Error, Equatable, Sendable {
    /// The update begins after what we have: something in between was lost. A base in an epoch we
    /// never had a state of is the same.
    case hole(have: Position?, epoch: UInt64, base: UInt64)
    /// No epoch or no sequence where one must be.
    case positionMissing
    /// The prices and quantities of a side are not equally many.
    case columnsDiffer(prices: Int, quantities: Int)
    case exponentOutOfRange(Int32)
    /// A tick in a book's topic, or the like.
    case foreignPayload
}
