import Base

/// A rate as a subscriber understands it: so many at once after a quiet time, then one an interval.
/// Counted the slow way, over every stretch of time.
struct RateCheck {
    let intervalNanoseconds: Int64
    let burst: Int
    private var times: [Int64] = []

    /// The presets' numbers as Protos has them.
    private static let presets: [Int32: (milliseconds: Double, burst: Int)] = [
        2: (500, 1), 3: (100, 1), 4: (1000.0 / 60, 100), 5: (1000.0 / 30, 1),
    ]

    init(intervalNanoseconds: Int64, burst: Int) {
        (self.intervalNanoseconds, self.burst) = (intervalNanoseconds, burst)
    }

    /// Nil: every change.
    init?(preset: Int32?, milliseconds: UInt32?, perSecond: UInt32?, burst: UInt32?) {
        if let milliseconds {
            self.init(intervalNanoseconds: Int64(milliseconds) * 1_000_000, burst: 1)
        } else if let perSecond {
            self.init(
                intervalNanoseconds: 1_000_000_000 / Int64(perSecond), burst: Int(burst ?? 1))
        } else if let preset, let known = Self.presets[preset] {
            self.init(
                intervalNanoseconds: Int64(known.milliseconds * 1_000_000), burst: known.burst)
        } else {
            return nil
        }
    }

    /// Those who wait are told at the next place of a grid of eighths, and count from the place:
    /// one may come early by that much.
    private var slack: Int64 { intervalNanoseconds / 8 + 8 }

    /// Most that may come in a time.
    private func most(in time: Int64) -> Int {
        burst + Int((time + slack) / intervalNanoseconds)
    }

    /// One came. False: in some stretch of time there were too many.
    mutating func told(at now: Instant) -> Bool {
        if times.last == now.nanoseconds, burst == 1 { return false }
        times.append(now.nanoseconds)
        if times.count > 256 { times.removeFirst(128) }
        return times.indices.allSatisfy { first in
            times.count - first <= most(in: now.nanoseconds - times[first])
        }
    }

    /// Whether so many may have come in all that time; one more is what a subscriber begins with.
    func allows(_ count: Int, in time: Duration) -> Bool {
        count <= most(in: time.wholeNanoseconds) + 1
    }
}
