/// How large the histories of all topics are, in some hundred numbers however many there are: sizes
/// of one class differ by an eighth at most.
struct SizeTable {
    private var counts = [Int](repeating: 0, count: Self.classCount)
    private var sums = [Int](repeating: 0, count: Self.classCount)
    private var count = 0
    private var sum = 0

    private static let classCount = 16 + 8 * (Int.bitWidth - 5)

    mutating func add(_ size: Int) {
        let place = Self.place(of: size)
        counts[place] += 1
        sums[place] += size
        count += 1
        sum += size
    }

    /// The size to which the larger ones are cut, so that all together have `total` at most; `max`:
    /// they have not more. Lower than need be by less than a class.
    func level(total: Int) -> Int {
        if sum <= total { return .max }
        var (left, larger) = (total, count)
        for place in counts.indices where counts[place] > 0 {
            let level = left / larger
            if level < Self.end(of: place) { return level }
            left -= sums[place]
            larger -= counts[place]
        }
        return .max
    }

    /// Below 16 each size is a class, above there are eight to a power of two.
    private static func place(of size: Int) -> Int {
        if size < 16 { return size }
        let power = Int.bitWidth - 1 - size.leadingZeroBitCount
        return 8 * (power - 3) + size >> (power - 3)
    }

    /// The first size of the next class.
    private static func end(of place: Int) -> Int {
        if place < 16 { return place + 1 }
        let power = place / 8 + 2
        return (place % 8 + 9) << (power - 3)
    }
}
