internal import Base

/// What came in on one connection.
struct RPCArrivals {
    private(set) var messages = 0
    private(set) var lastStreamAt: Instant?
    private(set) var lastMessageAt: Instant?

    mutating func stream(at now: Instant) { lastStreamAt = now }

    mutating func message(at now: Instant) {
        messages += 1
        lastMessageAt = now
    }
}
