/// Why a text is no `Decimal`.
package enum DecimalError: Error, Equatable, Sendable {
    /// No text at all.
    case empty
    /// A sign, a point or an exponent without a digit before it.
    case noDigits
    /// A byte that has no place in a number, counted from 0.
    case unexpectedByte(UInt8, offset: Int)
    /// More significant digits than a 64-bit mantissa holds (18 always fit).
    case overflow
    /// The last significant digit is finer than 10^-18.
    case tooFine
}
