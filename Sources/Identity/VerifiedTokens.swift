/// Tokens whose signature was found good, so that a client that sends the same one with every call
/// costs one hash a call. Times are checked anew by whoever asks.
struct VerifiedTokens {
    /// Default 1,024: at most 100 KB, and more clients than call between two refreshes of a token.
    static let countMax = 1024

    private var principals: [Digest: Principal] = [:]

    subscript(digest: Digest) -> Principal? { principals[digest] }

    /// Begins anew when it is full: the cost is one signature for each token in use.
    mutating func insert(_ principal: Principal, for digest: Digest) {
        if principals.count >= Self.countMax { principals.removeAll() }
        principals[digest] = principal
    }
}
