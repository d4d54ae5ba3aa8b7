/// A point on the wall clock: nanoseconds since 1970-01-01T00:00:00Z. Event, receive and publish
/// times are of this type. Never used to measure how long something took: it may step.
package struct Timestamp: Comparable, Hashable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    package init(milliseconds: Int64) { nanoseconds = milliseconds &* 1_000_000 }

    /// The venue did not say.
    package static let unknown = Timestamp(nanoseconds: 0)

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Saturates at the ends of `Int64`.
    package static func + (time: Timestamp, duration: Duration) -> Timestamp {
        let added = duration.wholeNanoseconds
        let (sum, overflow) = time.nanoseconds.addingReportingOverflow(added)
        if overflow { return Timestamp(nanoseconds: added < 0 ? .min : .max) }
        return Timestamp(nanoseconds: sum)
    }

    /// How far apart the clock showed them; saturates. No measure of how long something took.
    package static func - (later: Timestamp, earlier: Timestamp) -> Duration {
        let (distance, overflow) = later.nanoseconds.subtractingReportingOverflow(
            earlier.nanoseconds)
        if overflow { return .nanoseconds(later < earlier ? Int64.min : Int64.max) }
        return .nanoseconds(distance)
    }
}

extension Timestamp: CustomStringConvertible {
    /// ISO 8601 with milliseconds: `2026-11-21T06:24:12.345Z`.
    package var description: String {
        func padded(_ number: Int64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let seconds = nanoseconds / 1_000_000_000
        let (days, time) = seconds.quotientAndRemainder(dividingBy: 86400)
        // Civil date from a day number, by counting eras of 400 years from 0000-03-01.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let milliseconds = nanoseconds / 1_000_000 % 1000
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
            + "T\(padded(time / 3600, 2)):\(padded(time / 60 % 60, 2)):\(padded(time % 60, 2))"
            + ".\(padded(milliseconds, 3))Z"
    }
}

/// A point on the monotonic clock, in nanoseconds from an arbitrary origin. Timers, deadlines,
/// staleness and rates are measured with it. Machines get it as a parameter and never read it.
package struct Instant: Comparable, Hashable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Saturates: a deadline for ever away stays in the future.
    package static func + (instant: Instant, duration: Duration) -> Instant {
        let added = duration.wholeNanoseconds
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(added)
        if overflow { return Instant(nanoseconds: added < 0 ? .min : .max) }
        return Instant(nanoseconds: sum)
    }

    package static func - (later: Instant, earlier: Instant) -> Duration {
        .nanoseconds(later.nanoseconds &- earlier.nanoseconds)
    }
}

extension Duration {
    /// The duration in nanoseconds, saturating at the ends of `Int64` (292 years).
    package var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        return scaled &+ attoseconds / 1_000_000_000
    }

    package var inSeconds: Double { Double(wholeNanoseconds) / 1e9 }
}
