package import Core
package import Market
internal import Schema

/// A venue's feed as its bridge sees it. Called on the feed's loop.
package protocol VenueFeed: AnyObject {
    /// Keeps the instrument's streams subscribed upstream. The sink hears `added` before anything
    /// else about it.
    func demand(_ symbol: Symbol)

    /// Calls `bookChanged` again if the instrument's book is in sync: somebody new wants it.
    func repeatBook(_ handle: Int)

    /// The sink knows everything up to `ids` from elsewhere: what is not newer is not told, what is
    /// missing between them and what comes is told as lost. Repeats the book like `repeatBook`.
    func resume(_ handle: Int, after ids: VenueIDs)

    /// As the sink was told.
    func status(of handle: Int, _ kind: TopicKind) -> FeedStatus
}

extension FeedStatus {
    /// The same word in the schema.
    var onTheWire: Status {
        switch self {
        case .live: .live
        case .stale: .stale
        case .resyncing: .resyncing
        }
    }
}
