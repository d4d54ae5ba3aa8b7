import Base

/// All the chance of one world: the same seed, the same life.
final class Dice {
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    func word() -> UInt64 { random.next() }

    /// 0 to `count` - 1.
    func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    /// Every order of magnitude is as likely as any other: mostly small, now and then large.
    func spread(_ range: ClosedRange<Int>) -> Int {
        let (least, most) = (range.lowerBound, range.upperBound)
        let bits = within(least.width...most.width)
        return min(most, max(least, below(1 << bits)))
    }

    func chance(_ probability: Double) -> Bool { random.chance(probability) }

    func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

    func shuffled<Element>(_ list: [Element]) -> [Element] { list.shuffled(using: &random) }

    /// Some of them, at least one, in any order.
    func some<Element>(_ list: [Element], most: Int = .max) -> [Element] {
        Array(shuffled(list).prefix(within(1...min(list.count, most))))
    }
}

extension Int {
    /// Bits that a number needs, at least one.
    fileprivate var width: Int { Swift.max(1, bitWidth - leadingZeroBitCount) }
}
