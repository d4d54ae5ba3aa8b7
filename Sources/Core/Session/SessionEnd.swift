/// Why a session ends.
package enum SessionEnd: Equatable, Sendable {
    /// The client has nothing more to say.
    case clientEnded
    /// The client broke the protocol; for people.
    case invalid(String)
    /// No `hello` in time.
    case silent(limit: Duration)
    case tooManyRequests(perSecond: Int)
    /// The server goes; the client was told before.
    case drained
}
