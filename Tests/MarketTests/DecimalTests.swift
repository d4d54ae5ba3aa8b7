import Base
import Market
import Testing

@Suite struct DecimalTests {
    @Test(arguments: [
        ("61837.63000000", 6_183_763, -2), ("0.00000001", 1, -8), ("0.00000000", 0, 0),
        ("-12.50", -125, -1), ("+7", 7, 0), ("1000", 1, 3), ("1.5e3", 15, 2), ("1E-7", 1, -7),
        ("000123.4500", 12345, -2), (".5", 5, -1), ("5.", 5, 0), ("-0", 0, 0), ("0e99", 0, 0),
        ("0", 0, 0), ("00", 0, 0), (".0", 0, 0), ("0.", 0, 0),
        ("10e-8", 1, -7), ("9223372036854775807", Int64.max, 0),
        ("-9223372036854775808", Int64.min, 0), ("922337203685477580.7", Int64.max, -1),
        ("0.000000000000000001", 1, -18), ("1e18", 1, 18), ("1e20", 100, 18),
        ("1000000000000000000000", 1000, 18), ("0.0000000000000000010", 1, -18),
    ])
    func `digits are read exactly and kept in canonical form`(
        text: String, mantissa: Int64, exponent: Int
    ) throws {
        let decimal = try #require(Decimal(text))
        #expect(decimal.mantissa == mantissa)
        #expect(Int(decimal.exponent) == exponent)
        #expect(Decimal(digits: Array(text.utf8).span.bytes) == decimal)
    }

    @Test(arguments: [
        ("", DecimalError.empty), ("-", .noDigits), (".", .noDigits), ("1e", .noDigits),
        ("1e+", .noDigits), (" 1", .unexpectedByte(32, offset: 0)),
        ("1.2.3", .unexpectedByte(46, offset: 3)), ("12x", .unexpectedByte(120, offset: 2)),
        ("1e5z", .unexpectedByte(122, offset: 3)), ("e5", .unexpectedByte(101, offset: 0)),
        ("NaN", .unexpectedByte(78, offset: 0)), ("--1", .unexpectedByte(45, offset: 1)),
        ("9223372036854775808", .overflow), ("-9223372036854775809", .overflow),
        ("99999999999999999999999", .overflow), ("1e37", .overflow), ("1e999999999999", .overflow),
        ("0.0000000000000000001", .tooFine), ("1e-19", .tooFine),
    ])
    func `what is no decimal, or does not fit one, is named`(text: String, error: DecimalError) {
        #expect(throws: error) { try Decimal(parsing: Array(text.utf8).span.bytes) }
        #expect(Decimal(digits: Array(text.utf8).span.bytes) == nil)
    }

    @Test func `the same number has one representation`() {
        #expect(Decimal(mantissa: 1500, exponent: -3) == Decimal("1.5"))
        #expect(Decimal(mantissa: 1500, exponent: -3).hashValue == Decimal("1.50")?.hashValue)
        #expect(Decimal(mantissa: 0, exponent: 7) == .zero)
        #expect(Decimal(exactly: 1, exponent: 19) == nil)
        #expect(Decimal(exactly: 1, exponent: -19) == nil)
    }

    @Test(arguments: [
        "61837.63", "-0.00012", "1500", "0", "0.000000000000000001", "-9223372036854775808",
        "1000000000000000000", "0.5", "-7",
    ])
    func `the description is plain notation and reads back`(text: String) {
        #expect(Decimal(text)?.description == text)
    }

    @Test func `random numbers survive text, order and rescaling`() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<5000 {
            let left = Self.decimal(&random)
            let right = Self.decimal(&random)
            #expect(Decimal(left.description) == left)
            #expect((left < right) == (Self.order(left, right) < 0))
            #expect((left == right) == (Self.order(left, right) == 0))
            let target = Int(left.exponent) - Int.random(in: 0...4, using: &random)
            if let mantissa = left.mantissa(at: target), Decimal.exponents.contains(target) {
                #expect(Decimal(mantissa: mantissa, exponent: target) == left)
            }
        }
    }

    @Test func `rescaling refuses to lose digits or to overflow`() {
        let price = Decimal(mantissa: 6_183_763, exponent: -2)
        #expect(price.mantissa(at: -4) == 618_376_300)
        #expect(price.mantissa(at: -1) == nil)
        #expect(price.mantissa(at: -18) == nil)
        #expect(price.mantissa(at: -40) == nil)
        #expect(Decimal.zero.mantissa(at: -40) == 0)
        #expect(Decimal(mantissa: 1, exponent: 3).mantissa(at: 0) == 1000)
    }

    @Test func `sums and differences are exact or nil`() {
        #expect(Decimal("61837.64")?.subtracting(Decimal("61837.63")!) == Decimal("0.01"))
        #expect(Decimal("0.1")?.adding(Decimal("0.2")!) == Decimal("0.3"))
        #expect(Decimal(mantissa: .max, exponent: 0).adding(Decimal("1")!) == nil)
        #expect(Decimal("1e18")?.adding(Decimal("1e-18")!) == nil)
    }

    private static func decimal(_ random: inout SeededRandom) -> Decimal {
        let digits = Int.random(in: 0...18, using: &random)
        let limit = (0..<digits).reduce(Int64(1)) { power, _ in power * 10 }
        return Decimal(
            mantissa: Int64.random(in: -limit...limit, using: &random),
            exponent: Int.random(in: -18...18, using: &random))
    }

    /// Compares by digits alone, as on paper.
    private static func order(_ left: Decimal, _ right: Decimal) -> Int {
        func digits(_ decimal: Decimal) -> (negative: Bool, text: String) {
            let zeros = String(repeating: "0", count: Int(decimal.exponent) + 18)
            let text = String(decimal.mantissa.magnitude) + zeros
            return (decimal.mantissa < 0, String(repeating: "0", count: 60 - text.count) + text)
        }
        let (a, b) = (digits(left), digits(right))
        if a.text == b.text, a.negative == b.negative { return 0 }
        if a.negative != b.negative { return a.negative ? -1 : 1 }
        return (a.text < b.text) != a.negative ? -1 : 1
    }
}
