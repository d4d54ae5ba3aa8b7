package import Market

/// A price or quantity, exactly: `mantissa` × 10^`exponent`. Canonical: "1.50" and "1.5" are the
/// same value. Its text is plain notation, which every decimal type reads.
public struct ExactDecimal: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let decimal: Decimal

    package init(_ decimal: Decimal) { self.decimal = decimal }

    /// Reads plain or scientific notation; nil if the text is no decimal, or has more digits than
    /// 64 bits hold.
    public init?(_ text: String) {
        guard let decimal = Decimal(text) else { return nil }
        self.decimal = decimal
    }

    public var mantissa: Int64 { decimal.mantissa }
    /// -18 to 18.
    public var exponent: Int { Int(decimal.exponent) }
    public var description: String { decimal.description }
    public var isZero: Bool { decimal.isZero }

    /// The nearest binary number, for drawing and statistics; not for money.
    public var approximately: Double { Double(decimal.description) ?? .nan }

    public static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
        left.decimal < right.decimal
    }
}
