internal import Market

/// The least change of a number that counts, against what it was when last told.
struct FilterChange: Hashable, Sendable {
    /// In the number's own unit, or in percent of what was told; above zero.
    var minimum: Decimal
    var isPercent: Bool
    /// The minimum itself does not count: ">" instead of ">=".
    var isStrict: Bool

    /// Exact, whatever the numbers. A value that appeared or vanished has changed by more than any
    /// minimum; so has one that was zero, in percent. An unchanged one has not changed.
    func isReached(by value: Decimal?, since told: Decimal?) -> Bool {
        guard let value, let told else { return (value == nil) != (told == nil) }
        if value == told { return false }
        let shared = Int(min(value.exponent, told.exponent))
        var change = WideMagnitude.difference(value, told, at: shared)
        var bound = WideMagnitude(minimum.mantissa.magnitude)
        var boundExponent = Int(minimum.exponent)
        if isPercent {
            change.multiply(by: 100)
            bound.multiply(by: told.mantissa.magnitude)
            boundExponent += Int(told.exponent)
        }
        let common = min(shared, boundExponent)
        change.scale(byPowerOfTen: shared - common)
        bound.scale(byPowerOfTen: boundExponent - common)
        return isStrict ? bound < change : !(change < bound)
    }
}

extension FilterChange: CustomStringConvertible {
    /// What follows `change(FIELD)`.
    var description: String {
        "\(isStrict ? ">" : ">=") \(minimum)\(isPercent ? "%" : "")"
    }
}
