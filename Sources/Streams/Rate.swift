package import Base

/// At most how often an audience is told: one update per `interval` on average, and `burst` of
/// them at once after a quiet time.
package struct Rate: Hashable, Sendable {
    /// Into how many places an interval is divided. Those who wait are served at the next place,
    /// so that everybody of a rate is soon served in the same turn: one send per connection for all
    /// its topics. The price is an eighth of an interval, once.
    private static let places: Int64 = 8

    /// Nanoseconds, a multiple of the number of places.
    package let interval: Int64
    package let burst: Int64

    /// - Parameters:
    ///   - interval: more than zero.
    ///   - burst: 1 or more.
    package init(interval: Duration, burst: Int = 1) {
        let wanted = interval.wholeNanoseconds
        precondition(wanted > 0 && burst > 0, "rate of \(burst) per \(interval)")
        self.interval = (wanted + Self.places - 1) / Self.places * Self.places
        self.burst = Int64(burst)
    }

    /// - Parameter count: 1 or more.
    package init(perSecond count: Int, burst: Int = 1) {
        self.init(
            interval: .nanoseconds((1_000_000_000 + Int64(count) - 1) / Int64(count)), burst: burst)
    }

    /// Screens of people.
    package static let ui = Rate(interval: .milliseconds(500))
    /// Feeds between services.
    package static let backbone = Rate(interval: .milliseconds(100))
    /// Trading screens: a bucket of 100 that fills at 60 a second.
    package static let pro = Rate(perSecond: 60, burst: 100)
    /// Thin links.
    package static let lowBandwidth = Rate(perSecond: 30)

    package static let presets: Set<Rate> = [.ui, .backbone, .pro, .lowBandwidth]

    /// Nanoseconds from one place to the next.
    package var grid: Int64 { interval / Self.places }

    /// The first place at or after an instant.
    package func place(atOrAfter instant: Instant) -> Instant {
        let rest = instant.nanoseconds % grid
        return Instant(nanoseconds: instant.nanoseconds + (rest > 0 ? grid - rest : -rest))
    }
}
