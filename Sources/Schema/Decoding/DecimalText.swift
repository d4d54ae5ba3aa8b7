/// A decimal read from text: mantissa × 10^exponent, digits as they stood there.
struct DecimalText: Equatable {
    var mantissa: Int64
    var exponent: Int32

    /// Longer than any text of a 64-bit mantissa with 18 zeros.
    private static let lengthMax = 64

    /// Of a written exponent, far beyond the 18 that correct senders stay within.
    private static let powerMax: Int64 = 1_000_000

    /// "-12.50", "5E40": an optional sign, digits with at most one point between them, and an
    /// optional exponent. Trailing zeros go into the exponent, so that decimals which once had an
    /// exponent in common can have one again. Nil for anything else, and for what does not fit.
    init?(_ text: UnsafeRawBufferPointer, mayHavePower: Bool = true) {
        guard text.count <= DecimalText.lengthMax else { return nil }
        var (magnitude, zeros, scale) = (UInt64(0), Int32(0), Int32(0))
        var (hasDigit, hasPoint) = (false, false)
        let isNegative = unsafe text.first == 0x2d
        var index = isNegative ? 1 : 0
        scan: while index < text.count {
            let byte = unsafe text[index]
            switch byte {
            case 0x30...0x39:
                hasDigit = true
                if hasPoint { scale -= 1 }
                if byte == 0x30 {
                    zeros += 1
                } else {
                    guard let shifted = DecimalText.shifted(magnitude, zeros + 1),
                        shifted <= UInt64.max - 9
                    else { return nil }
                    (magnitude, zeros) = (shifted + UInt64(byte - 0x30), 0)
                }
            case 0x2e where hasDigit && !hasPoint: hasPoint = true
            case 0x45 where hasDigit && mayHavePower: break scan
            default: return nil
            }
            index += 1
        }
        guard hasDigit else { return nil }
        if index < text.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: text[(index + 1)...])
            guard let power = unsafe DecimalText(rest, mayHavePower: false),
                let number = power.mantissa(at: 0), abs(number) <= DecimalText.powerMax
            else { return nil }
            scale += Int32(number)
        }
        guard magnitude <= (isNegative ? Int64.min.magnitude : Int64.max.magnitude) else {
            return nil
        }
        mantissa = Int64(truncatingIfNeeded: isNegative ? 0 &- magnitude : magnitude)
        exponent = magnitude == 0 ? 0 : scale + zeros
    }

    /// number × 10^digits; nil if it does not fit.
    private static func shifted(_ number: UInt64, _ digits: Int32) -> UInt64? {
        if number == 0 { return 0 }
        var shifted = number
        for _ in 0..<digits {
            let (product, isTooBig) = shifted.multipliedReportingOverflow(by: 10)
            if isTooBig { return nil }
            shifted = product
        }
        return shifted
    }

    /// The mantissa of the same value at a smaller or equal exponent; nil if it does not fit.
    func mantissa(at target: Int32) -> Int64? {
        if mantissa == 0 { return 0 }
        guard target <= exponent, exponent - target <= 18 else { return nil }
        var scaled = mantissa
        for _ in target..<exponent {
            let (product, isTooBig) = scaled.multipliedReportingOverflow(by: 10)
            if isTooBig { return nil }
            scaled = product
        }
        return scaled
    }
}
