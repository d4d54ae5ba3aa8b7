internal import Base

/// At most one line a second about each peer, and a bounded number about all of them.
struct LogPacer {
    static let interval = Duration.seconds(1)
    /// Peers remembered, and so lines a second.
    static let peersMax = 256

    private var last: [String: Instant] = [:]

    /// Whether a line about this peer may be written now.
    mutating func allows(_ peer: String, now: Instant) -> Bool {
        if let last = last[peer] {
            guard now - last >= Self.interval else { return false }
        } else if last.count >= Self.peersMax {
            last = last.filter { now - $0.value < Self.interval }
            guard last.count < Self.peersMax else { return false }
        }
        last[peer] = now
        return true
    }
}
