/// Latencies in nanoseconds, in buckets that are at most 3 % wide: 32 for each power of two.
package struct AgeHistogram: Sendable {
    private static let bits = 5
    private var counts = [UInt64](repeating: 0, count: (64 - bits + 1) << bits)
    package private(set) var count: UInt64 = 0
    package private(set) var largest: UInt64 = 0

    package init() {}

    package mutating func add(_ value: UInt64) {
        counts[Self.bucket(of: value)] += 1
        count += 1
        if value > largest { largest = value }
    }

    /// The upper end of the bucket in which this fraction of all values is reached.
    package func quantile(_ fraction: Double) -> UInt64 {
        let wanted = UInt64((Double(count) * fraction).rounded(.up))
        var seen: UInt64 = 0
        for (bucket, number) in counts.enumerated() where number > 0 {
            seen += number
            if seen >= wanted { return min(Self.end(of: bucket), largest) }
        }
        return 0
    }

    /// Below 2^bits each value has its bucket; above, its highest bit and the `bits` behind it say.
    private static func bucket(of value: UInt64) -> Int {
        let octave = 63 - (value | 1).leadingZeroBitCount - bits
        guard octave > 0 else { return Int(value) }
        return octave << bits + Int(value >> octave)
    }

    private static func end(of bucket: Int) -> UInt64 {
        let octave = max(0, bucket >> bits - 1)
        return (UInt64(bucket - octave << bits) + 1) << octave - 1
    }
}
