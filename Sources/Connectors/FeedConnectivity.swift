/// Whether a venue's feed is connected.
package enum FeedConnectivity: Equatable, Sendable {
    /// No instrument is wanted, so nothing is connected.
    case idle
    case connecting
    /// At least one connection is open, and the venue was heard on it lately.
    case live
    /// Lost or refused; tried again after a wait.
    case lost
}
