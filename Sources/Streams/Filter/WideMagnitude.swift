internal import Market

/// A whole number of up to 384 bits: wide enough to compare a change of two decimals with a
/// percentage of a third without rounding, at the finest exponent that any of them needs. The
/// widest is a difference of 184 bits, times 100, times 10^54: 371 bits.
struct WideMagnitude {
    private static let count = 6
    /// Least significant first.
    private var limbs: InlineArray<6, UInt64>

    init(_ value: UInt64) {
        limbs = InlineArray(repeating: 0)
        limbs[0] = value
    }

    /// |left - right| in units of 10^`exponent`, which is not above theirs.
    static func difference(_ left: Decimal, _ right: Decimal, at exponent: Int) -> WideMagnitude {
        var first = WideMagnitude(left.mantissa.magnitude)
        first.scale(byPowerOfTen: Int(left.exponent) - exponent)
        var second = WideMagnitude(right.mantissa.magnitude)
        second.scale(byPowerOfTen: Int(right.exponent) - exponent)
        if left.isNegative != right.isNegative {
            first.add(second)
            return first
        }
        if first < second { swap(&first, &second) }
        first.subtract(second)
        return first
    }

    mutating func scale(byPowerOfTen power: Int) {
        var left = power
        while left > 0 {
            let step = min(left, 18)
            multiply(by: UInt64(Self.powerOfTen(step)))
            left -= step
        }
    }

    private static func powerOfTen(_ power: Int) -> Int64 {
        var result: Int64 = 1
        for _ in 0..<power { result &*= 10 }
        return result
    }

    mutating func multiply(by factor: UInt64) {
        var carry: UInt64 = 0
        for index in 0..<Self.count {
            let (high, low) = limbs[index].multipliedFullWidth(by: factor)
            let (sum, overflow) = low.addingReportingOverflow(carry)
            limbs[index] = sum
            carry = high &+ (overflow ? 1 : 0)
        }
        precondition(carry == 0, "more than 384 bits")
    }

    private mutating func add(_ other: WideMagnitude) {
        var carry: UInt64 = 0
        for index in 0..<Self.count {
            let (sum, first) = limbs[index].addingReportingOverflow(other.limbs[index])
            let (whole, second) = sum.addingReportingOverflow(carry)
            limbs[index] = whole
            carry = first || second ? 1 : 0
        }
    }

    /// `other` is not above this.
    private mutating func subtract(_ other: WideMagnitude) {
        var borrow: UInt64 = 0
        for index in 0..<Self.count {
            let (rest, first) = limbs[index].subtractingReportingOverflow(other.limbs[index])
            let (whole, second) = rest.subtractingReportingOverflow(borrow)
            limbs[index] = whole
            borrow = first || second ? 1 : 0
        }
    }

    static func < (left: WideMagnitude, right: WideMagnitude) -> Bool {
        for index in (0..<count).reversed() where left.limbs[index] != right.limbs[index] {
            return left.limbs[index] < right.limbs[index]
        }
        return false
    }
}
