package import Market

/// What the hub asks of a venue's connector. Called on the hub's loop.
package protocol VenueConnector: AnyObject {
    var venue: String { get }

    /// The venue's list, as far as it is known.
    var instruments: [Instrument] { get }

    /// The list is known and does not have `symbol`.
    func lacks(_ symbol: Symbol) -> Bool

    /// Keep the instrument's streams subscribed upstream and write what they say to its board.
    func demand(_ board: InstrumentBoard)

    /// The board got a book of another depth: fill it if the inner book is in sync.
    func bookAdded(to board: InstrumentBoard)

    /// The board has taken over what a predecessor knew: nothing that is in `board.heard` is told
    /// again, the book is told if it is in sync, and so is the status of every topic.
    func inherited(_ board: InstrumentBoard)
}
