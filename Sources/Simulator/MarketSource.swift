package import Base

/// Where a venue's messages come from: a recorded tape or the market model. Confined to the loop
/// of its venue.
package protocol MarketSource: AnyObject {
    var catalog: TapeCatalog { get }
    /// Prepared messages; grows at the end when asked to prepare.
    var window: TapeWindow { get }
    /// Recorded `exchangeInfo` body, if the tape has one.
    var exchangeInfo: [UInt8]? { get }

    /// Wall clock time at tape time zero.
    var epoch: Timestamp { get }

    /// Makes sure that there is a message at `position` if the tape has one.
    /// Returns false at the end of the tape.
    func prepare(position: Int) -> Bool
    /// The messages before `position` have been played and will not be asked for again.
    func played(before position: Int)
    /// The book of a symbol when the messages before `position` have been played.
    func book(symbol: Int, at position: Int) -> TapeBook
    /// A book of the symbol from before `position`: what a depth cache that lags would answer.
    func staleBook(symbol: Int, at position: Int) -> TapeBook
}
