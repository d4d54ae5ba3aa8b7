import Base

/// The time of a world: it passes when the world says so.
final class VirtualClock {
    private(set) var instant = Instant(nanoseconds: 5_000_000_000)
    private(set) var timestamp = Timestamp(milliseconds: 1_700_000_000_000)

    func advance(by time: Duration) {
        instant = instant + time
        timestamp = timestamp + time
    }
}
