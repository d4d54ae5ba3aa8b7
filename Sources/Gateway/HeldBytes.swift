/// What one connection holds for its peer.
struct HeldBytes: Equatable, Sendable {
    var bytes = 0
    /// The caller it counts for: who made the connection's first call. Nil: nobody is asked, or
    /// nobody has called yet.
    var owner: String?
}
