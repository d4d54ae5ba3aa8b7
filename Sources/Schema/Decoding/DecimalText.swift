/// A decimal read from text: mantissa × 10^exponent, digits as they stood there.
struct DecimalText: Equatable {
    var mantissa: Int64
    var exponent: Int32

    /// Longer than any text of a 64-bit mantissa with 18 zeros.
    private static let lengthMax = 64

    /// "-12.50", "5E40": an optional sign, digits with at most one point between them, and an
    /// optional exponent. Nil for anything else, and for what does not fit.
    init?(_ text: UnsafeRawBufferPointer) {
        var magnitude: UInt64 = 0
        var scale: Int32 = 0
        var (hasDigit, hasPoint, isNegative, index) = (false, false, false, 0)
        guard text.count <= DecimalText.lengthMax else { return nil }
        if unsafe text.first == 0x2d {
            isNegative = true
            index = 1
        }
        scan: while index < text.count {
            let byte = unsafe text[index]
            switch byte {
            case 0x30...0x39:
                let (tenfold, isTooBig) = magnitude.multipliedReportingOverflow(by: 10)
                let (sum, isTooBigToo) = tenfold.addingReportingOverflow(UInt64(byte - 0x30))
                if isTooBig || isTooBigToo { return nil }
                magnitude = sum
                hasDigit = true
                if hasPoint { scale -= 1 }
            case 0x2e where hasDigit && !hasPoint: hasPoint = true
            case 0x45, 0x65: break scan
            default: return nil
            }
            index += 1
        }
        guard hasDigit, scale > -64 else { return nil }
        if index < text.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: text[(index + 1)...])
            guard let power = unsafe DecimalText(rest), power.exponent == 0,
                let exponent = Int32(exactly: power.mantissa), exponent > -(1 << 30)
            else { return nil }
            let (sum, isTooBig) = scale.addingReportingOverflow(exponent)
            if isTooBig { return nil }
            scale = sum
        }
        if isNegative {
            guard magnitude <= Int64.min.magnitude else { return nil }
            mantissa = Int64(truncatingIfNeeded: 0 &- magnitude)
        } else {
            guard let number = Int64(exactly: magnitude) else { return nil }
            mantissa = number
        }
        exponent = scale
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
