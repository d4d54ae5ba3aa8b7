import Market

/// Every number of a world is a whole number of ten-thousandths, so that plain integers compare.
enum Fixed {
    static let places = 4

    static func decimal(_ number: Int64) -> Decimal {
        Decimal(mantissa: number, exponent: -places)
    }

    static func text(_ number: Int64) -> String {
        let fraction = String(number.magnitude % 10_000)
        let zeros = String(repeating: "0", count: places - fraction.count)
        return "\(number < 0 ? "-" : "")\(number.magnitude / 10_000).\(zeros)\(fraction)"
    }

    /// Nil: no number of this world.
    static func number(_ mantissa: Int64, _ exponent: Int32) -> Int64? {
        var (number, shift) = (mantissa, Int(exponent) + places)
        if number == 0 { return 0 }
        while shift > 0 {
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            (number, shift) = (product, shift - 1)
        }
        while shift < 0 {
            if number % 10 != 0 { return nil }
            (number, shift) = (number / 10, shift + 1)
        }
        return number
    }
}
