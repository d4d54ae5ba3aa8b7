internal import Synchronization

/// How often something took how long. Observed from any thread without a lock: one comparison chain
/// and two additions.
package final class Histogram: Sendable {
    /// Upper bounds in nanoseconds, each included: 1, 2 and 5 of every decade from a microsecond to
    /// ten seconds. What takes longer is only in the sum and the count.
    package static let bounds: [Int64] =
        (3...9).flatMap { exponent in
            [1, 2, 5].map { $0 * power(exponent) }
        } + [power(10)]

    private static func power(_ exponent: Int) -> Int64 {
        (0..<exponent).reduce(1) { product, _ in product * 10 }
    }

    /// One for each bound, not cumulative, and one for what is beyond.
    private let buckets: [Counter] = (0...bounds.count).map { _ in Counter() }
    private let nanoseconds = Counter()

    package init() {}

    /// Less than nothing, as clocks of two machines may have it, counts as nothing.
    package func observe(_ duration: Int64, count: UInt64 = 1) {
        let duration = max(0, duration)
        var (low, high) = (0, Self.bounds.count)
        while low < high {
            let middle = (low + high) / 2
            if Self.bounds[middle] < duration { low = middle + 1 } else { high = middle }
        }
        buckets[low].add(count)
        nanoseconds.add(UInt64(duration) &* count)
    }

    /// How many took at most as long as each bound, and how many there are.
    package var cumulative: (upTo: [UInt64], all: UInt64) {
        var sum: UInt64 = 0
        let sums = buckets.map { bucket in
            sum += bucket.value
            return sum
        }
        return (sums.dropLast(), sum)
    }

    package var sumNanoseconds: UInt64 { nanoseconds.value }
}
