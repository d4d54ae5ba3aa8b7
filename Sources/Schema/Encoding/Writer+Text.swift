/// Numbers as decimal digits. The caller has made room: 24 bytes for an integer, 48 for a decimal.
extension Writer {
    /// More zeros than this are never written out; see `putDecimal`.
    private static let exponentMax: Int32 = 18

    /// The exact value of mantissa × 10^exponent in plain notation, without trailing zeros behind
    /// the point: "61837.63", "0.00012", "500". Exponents beyond 18 digits either way, which no
    /// correct sender has, are written as "5E40", so that the text stays bounded. At most 40 bytes.
    @inline(__always)
    mutating func putDecimal(_ mantissa: Int64, _ exponent: Int32) {
        var magnitude = mantissa.magnitude
        if mantissa < 0 { put(0x2d) }
        if magnitude == 0 { return put(0x30) }
        if exponent < -Writer.exponentMax || exponent > Writer.exponentMax {
            return putScientific(magnitude, exponent)
        }
        var point = Int(-exponent)
        if point <= 0 {
            putDigits(magnitude, Writer.digitCount(magnitude))
            for _ in point..<0 { put(0x30) }
            return
        }
        while point > 0 {
            let (quotient, remainder) = magnitude.quotientAndRemainder(dividingBy: 10)
            if remainder != 0 { break }
            magnitude = quotient
            point &-= 1
        }
        if point == 0 { return putDigits(magnitude, Writer.digitCount(magnitude)) }
        let digits = max(Writer.digitCount(magnitude), point &+ 1)
        var rest = storeDigits(magnitude, point, endingAt: position &+ digits &+ 1)
        unsafe (base + position + digits - point).storeBytes(of: 0x2e, as: UInt8.self)
        rest = storeDigits(rest, digits &- point, endingAt: position &+ digits &- point)
        position &+= digits &+ 1
    }

    @inline(never)
    private mutating func putScientific(_ magnitude: UInt64, _ exponent: Int32) {
        putDigits(magnitude, Writer.digitCount(magnitude))
        put(0x45)
        putInteger(Int64(exponent))
    }

    @inline(__always)
    mutating func putInteger(_ number: Int64) {
        if number < 0 { put(0x2d) }
        putUnsigned(number.magnitude)
    }

    @inline(__always)
    mutating func putUnsigned(_ number: UInt64) {
        putDigits(number, Writer.digitCount(number))
    }

    @inline(__always)
    private mutating func putDigits(_ number: UInt64, _ digits: Int) {
        _ = storeDigits(number, digits, endingAt: position &+ digits)
        position &+= digits
    }

    /// Stores the lowest `digits` digits before `end`; gives what is left of the number.
    @inline(__always)
    private func storeDigits(_ number: UInt64, _ digits: Int, endingAt end: Int) -> UInt64 {
        var (rest, place, left) = (number, end, digits)
        while left > 0 {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            place &-= 1
            left &-= 1
            unsafe (base + place).storeBytes(
                of: UInt8(truncatingIfNeeded: digit) &+ 0x30, as: UInt8.self)
            rest = quotient
        }
        return rest
    }

    /// Digits of a number; 1 for 0.
    @inline(__always)
    private static func digitCount(_ number: UInt64) -> Int {
        var (count, bound) = (1, UInt64(10))
        while number >= bound {
            count &+= 1
            if count == 20 { break }
            bound &*= 10
        }
        return count
    }
}
