internal import Base

extension Decimal {
    /// The largest mantissa to which one more digit can be appended without a check.
    private static let roomForDigit = UInt64(Int64.max) / 10 - 1

    /// Reads digits with an optional sign, point and exponent ("-12.50", "1e-7"), nothing around
    /// them. Never rounds: what does not fit is an error. Linear in the length of the text.
    ///
    /// Venues send "61837.63000000": such texts, up to 18 bytes of digits and a point, go a shorter
    /// way (9 to 15 ns instead of some 25).
    package init(parsing text: RawSpan) throws(DecimalError) {
        if let plain = Decimal(plain: text) { self = plain } else { try self.init(any: text) }
    }

    /// As `init(parsing:)`, for callers who do not ask why: nil when the text is no decimal.
    package init?(digits text: RawSpan) {
        if let plain = Decimal(plain: text) {
            self = plain
            return
        }
        do throws(DecimalError) {
            try self.init(any: text)
        } catch {
            return nil
        }
    }

    /// Digits and at most one point, too few to overflow; nil for everything else.
    ///
    /// Trailing zeros are passed over before anything is multiplied, so that the result is
    /// canonical without a division unless it is whole.
    @inline(__always)
    private init?(plain text: RawSpan) {
        let length = text.byteCount
        guard length <= 18 else { return nil }
        var end = length
        while end > 0, text.byte(end &- 1) == UInt8(ascii: "0") { end &-= 1 }
        var magnitude: Int64 = 0
        var point = -1
        for cursor in 0..<end {
            let byte = text.byte(cursor)
            let digit = byte &- UInt8(ascii: "0")
            if digit < 10 {
                magnitude = magnitude &* 10 &+ Int64(digit)
            } else if byte == UInt8(ascii: "."), point < 0 {
                point = cursor
            } else {
                return nil
            }
        }
        if magnitude == 0 {
            // "0.00000000" removes a level: every second quantity of a busy book.
            guard length > (point < 0 ? 0 : 1) else { return nil }
            self = .zero
            return
        }
        if point < 0 {
            self.init(unchecked: magnitude, Int8(truncatingIfNeeded: length &- end))
        } else if point < end &- 1 {
            self.init(unchecked: magnitude, Int8(truncatingIfNeeded: point &+ 1 &- end))
        } else {
            self.init(mantissa: magnitude, exponent: 0)
        }
    }

    /// Zeros are held back until a digit follows them, so that trailing ones never count.
    @inline(never)
    private init(any text: RawSpan) throws(DecimalError) {
        let end = text.byteCount
        guard end > 0 else { throw .empty }
        let first = text.byte(0)
        let negative = first == UInt8(ascii: "-")
        var cursor = negative || first == UInt8(ascii: "+") ? 1 : 0
        var magnitude: UInt64 = 0
        var heldZeros = 0
        var digits = 0
        var digitsBeforePoint = -1
        var exponent = 0
        while cursor < end {
            let byte = text.byte(cursor)
            let digit = byte &- UInt8(ascii: "0")
            if digit == 0 {
                heldZeros &+= 1
                digits &+= 1
            } else if digit < 10 {
                if heldZeros == 0 && magnitude < Decimal.roomForDigit {
                    magnitude = magnitude &* 10 &+ UInt64(digit)
                } else {
                    magnitude = try Decimal.appending(digit, after: heldZeros, to: magnitude)
                    heldZeros = 0
                }
                digits &+= 1
            } else if byte == UInt8(ascii: "."), digitsBeforePoint < 0 {
                digitsBeforePoint = digits
            } else if byte | 0x20 == UInt8(ascii: "e"), digits > 0 {
                exponent = try Decimal.exponent(in: text, from: cursor &+ 1)
                break
            } else {
                throw .unexpectedByte(byte, offset: cursor)
            }
            cursor &+= 1
        }
        guard digits > 0 else { throw .noDigits }
        if digitsBeforePoint >= 0 { exponent &-= digits &- digitsBeforePoint }
        try self.init(magnitude: magnitude, exponent: exponent &+ heldZeros, negative: negative)
    }

    /// nil when the text is no decimal; see `init(parsing:)` for the reason.
    package init?(_ text: String) {
        do throws(DecimalError) {
            self = try Array(text.utf8).withRawSpan { bytes throws(DecimalError) in
                try Decimal(parsing: bytes)
            }
        } catch {
            return nil
        }
    }

    private init(magnitude: UInt64, exponent: Int, negative: Bool) throws(DecimalError) {
        if magnitude == 0 {
            self = .zero
            return
        }
        guard exponent >= Decimal.exponents.lowerBound else { throw .tooFine }
        var (magnitude, exponent) = (magnitude, exponent)
        while exponent > Decimal.exponents.upperBound {
            magnitude = try Decimal.product(magnitude, 10)
            exponent -= 1
        }
        if magnitude <= UInt64(Int64.max) {
            let mantissa = Int64(magnitude)
            self.init(unchecked: negative ? -mantissa : mantissa, Int8(exponent))
        } else if negative, magnitude == Int64.min.magnitude {
            self.init(unchecked: .min, Int8(exponent))
        } else {
            throw .overflow
        }
    }

    private static func appending(
        _ digit: UInt8, after zeros: Int, to magnitude: UInt64
    ) throws(DecimalError) -> UInt64 {
        if magnitude == 0 { return UInt64(digit) }
        var result = magnitude
        for _ in 0...zeros { result = try product(result, 10) }
        let (sum, overflow) = result.addingReportingOverflow(UInt64(digit))
        if overflow { throw .overflow }
        return sum
    }

    private static func product(
        _ left: UInt64, _ right: UInt64
    ) throws(DecimalError) -> UInt64 {
        let (product, overflow) = left.multipliedReportingOverflow(by: right)
        if overflow { throw .overflow }
        return product
    }

    /// The digits after "e": saturates far outside of `exponents`.
    private static func exponent(in text: RawSpan, from start: Int) throws(DecimalError) -> Int {
        var cursor = start
        var negative = false
        if cursor < text.byteCount {
            let sign = text.byte(cursor)
            negative = sign == UInt8(ascii: "-")
            if negative || sign == UInt8(ascii: "+") { cursor += 1 }
        }
        guard cursor < text.byteCount else { throw .noDigits }
        var value = 0
        while cursor < text.byteCount {
            let digit = text.byte(cursor) &- UInt8(ascii: "0")
            guard digit < 10 else {
                throw .unexpectedByte(text.byte(cursor), offset: cursor)
            }
            value = min(value * 10 + Int(digit), 1_000_000)
            cursor += 1
        }
        return negative ? -value : value
    }
}
