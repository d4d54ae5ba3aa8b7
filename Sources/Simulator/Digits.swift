/// A decimal number as an integer of 10⁻¹⁸ units, so that prices and sums compare and add exactly.
/// Range ±1.7·10²⁰ with 18 decimals: more than any price or daily volume of a venue.
package struct Digits: Comparable, Hashable, Sendable {
    package static let decimals = 18
    private static let unit: Int128 = 1_000_000_000_000_000_000

    package var units: Int128

    package init(units: Int128) { self.units = units }
    package static let zero = Digits(units: 0)

    /// Plain notation only ("61837.63000000"), as venues write it. Nil for anything else, for more
    /// than 18 decimals and for numbers outside the range.
    package init?(_ text: String) {
        var units: Int128 = 0
        var decimals = -1
        var digits = 0
        var negative = false
        for (place, character) in text.utf8.enumerated() {
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                guard digits < 36, decimals < Digits.decimals else { return nil }
                units = units * 10 + Int128(character - UInt8(ascii: "0"))
                digits += 1
                if decimals >= 0 { decimals += 1 }
            case UInt8(ascii: ".") where decimals < 0: decimals = 0
            case UInt8(ascii: "-") where place == 0: negative = true
            default: return nil
            }
        }
        guard digits > 0 else { return nil }
        for _ in max(decimals, 0)..<Digits.decimals {
            let (scaled, overflow) = units.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            units = scaled
        }
        self.units = negative ? -units : units
    }

    package static func < (left: Digits, right: Digits) -> Bool { left.units < right.units }
    package static func + (left: Digits, right: Digits) -> Digits {
        Digits(units: left.units + right.units)
    }
    package static func - (left: Digits, right: Digits) -> Digits {
        Digits(units: left.units - right.units)
    }

    /// The product, cut to 10⁻¹² before multiplying by whole and fraction apart, so that volumes
    /// of the size of a country's budget stay in range.
    package func times(_ other: Digits) -> Digits {
        let (whole, fraction) = other.units.quotientAndRemainder(dividingBy: Digits.unit)
        let millionth: Int128 = 1_000_000
        return Digits(
            units: units * whole + (units / millionth) * (fraction / millionth) / millionth)
    }

    /// The quotient with 10 exact decimals; zero when the divisor is zero.
    package func divided(by other: Digits) -> Digits {
        if other.units == 0 { return .zero }
        let (whole, rest) = units.quotientAndRemainder(dividingBy: other.units)
        let scale: Int128 = 10_000_000_000
        var (dividend, divisor) = (rest, other.units)
        while dividend.magnitude > Int128.max.magnitude / scale.magnitude {
            dividend /= 10
            divisor /= 10
        }
        let fraction = dividend * scale / divisor
        return Digits(units: whole * Digits.unit + fraction * (Digits.unit / scale))
    }

    /// Plain notation with exactly `places` decimals, the rest cut off.
    package func text(places: Int) -> String {
        precondition(places >= 0 && places <= Digits.decimals)
        let (whole, fraction) = units.magnitude.quotientAndRemainder(
            dividingBy: Digits.unit.magnitude)
        let sign = units < 0 ? "-" : ""
        if places == 0 { return "\(sign)\(whole)" }
        let digits = String(fraction)
        let padded = String(repeating: "0", count: Digits.decimals - digits.count) + digits
        return "\(sign)\(whole).\(padded.prefix(places))"
    }
}
