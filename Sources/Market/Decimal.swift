/// A decimal number, exactly: `mantissa` × 10^`exponent`. Prices and quantities are decimals from
/// the venue's digits to the subscriber; a binary float is never in between.
///
/// Invariant: canonical. The exponent is the largest one within `exponents` that loses nothing, so
/// "1.50" and "1.5" are the same value, the same hash and the same bits; zero is 0 × 10^0.
package struct Decimal: Hashable, Sendable {
    /// What the wire carries (`Protos`: -18 to 18).
    package static let exponents = -18...18

    package static let zero = Decimal(unchecked: 0, 0)

    package let mantissa: Int64
    package let exponent: Int8

    /// Any mantissa, at an exponent within `exponents`.
    package init(mantissa: Int64, exponent: Int) {
        precondition(Decimal.exponents.contains(exponent), "decimal exponent \(exponent)")
        if mantissa == 0 {
            self = .zero
            return
        }
        var (mantissa, exponent) = (mantissa, exponent)
        while exponent < Decimal.exponents.upperBound {
            let (tenth, digit) = mantissa.quotientAndRemainder(dividingBy: 10)
            if digit != 0 { break }
            mantissa = tenth
            exponent += 1
        }
        self.init(unchecked: mantissa, Int8(exponent))
    }

    /// For numbers from outside: nil when the exponent is not within `exponents`.
    package init?(exactly mantissa: Int64, exponent: Int) {
        guard Decimal.exponents.contains(exponent) else { return nil }
        self.init(mantissa: mantissa, exponent: exponent)
    }

    /// The caller vouches for the canonical form.
    @inline(__always)
    init(unchecked mantissa: Int64, _ exponent: Int8) {
        self.mantissa = mantissa
        self.exponent = exponent
    }

    package var isZero: Bool { mantissa == 0 }
    package var isNegative: Bool { mantissa < 0 }

    /// The same number as a mantissa at another exponent; nil when that would lose digits or
    /// overflow.
    @inline(__always)
    package func mantissa(at target: Int) -> Int64? {
        let shift = Int(exponent) - target
        if shift == 0 || mantissa == 0 { return mantissa }
        if shift > 0 { return mantissa.timesPowerOfTen(shift) }
        guard -shift < Int64.powersOfTen.count else { return nil }
        let (quotient, remainder) =
            mantissa.quotientAndRemainder(dividingBy: Int64.powersOfTen[-shift])
        return remainder == 0 ? quotient : nil
    }

    /// Exact sum; nil when it needs more digits than a mantissa holds.
    package func adding(_ other: Decimal) -> Decimal? {
        let shared = Int(min(exponent, other.exponent))
        guard let left = mantissa(at: shared), let right = other.mantissa(at: shared) else {
            return nil
        }
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? nil : Decimal(mantissa: sum, exponent: shared)
    }

    /// Exact difference; nil when it needs more digits than a mantissa holds.
    package func subtracting(_ other: Decimal) -> Decimal? {
        guard other.mantissa != .min else { return nil }
        return adding(Decimal(unchecked: -other.mantissa, other.exponent))
    }
}

extension Decimal: Comparable {
    package static func < (left: Decimal, right: Decimal) -> Bool {
        if left.exponent == right.exponent { return left.mantissa < right.mantissa }
        let (leftSign, rightSign) = (left.mantissa.signum(), right.mantissa.signum())
        if leftSign != rightSign || leftSign == 0 { return leftSign < rightSign }
        let shift = Int(left.exponent) - Int(right.exponent)
        // From 10^19 on the coarser number is the larger in magnitude, whatever the mantissas.
        guard abs(shift) < Int64.powersOfTen.count else { return (shift > 0) == (leftSign < 0) }
        let power = Int128(Int64.powersOfTen[abs(shift)])
        return shift > 0
            ? Int128(left.mantissa) * power < Int128(right.mantissa)
            : Int128(left.mantissa) < Int128(right.mantissa) * power
    }
}

extension Decimal: CustomStringConvertible {
    /// Plain notation, shortest: "61837.63", "-0.00012", "1500".
    package var description: String {
        let digits = String(mantissa.magnitude)
        let sign = mantissa < 0 ? "-" : ""
        if exponent >= 0 { return sign + digits + String(repeating: "0", count: Int(exponent)) }
        let fraction = -Int(exponent)
        let padded = String(repeating: "0", count: max(0, fraction + 1 - digits.count)) + digits
        return sign + padded.dropLast(fraction) + "." + padded.suffix(fraction)
    }
}

extension Int64 {
    /// 10^0 … 10^18, all that fit.
    static let powersOfTen: [Int64] = [
        1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
        10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000,
        100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
        100_000_000_000_000_000, 1_000_000_000_000_000_000,
    ]

    /// `self` × 10^`power`; nil on overflow. `power` is not negative.
    @inline(__always)
    func timesPowerOfTen(_ power: Int) -> Int64? {
        if self == 0 { return 0 }
        guard power < Int64.powersOfTen.count else { return nil }
        let (product, overflow) = multipliedReportingOverflow(by: Int64.powersOfTen[power])
        return overflow ? nil : product
    }
}
