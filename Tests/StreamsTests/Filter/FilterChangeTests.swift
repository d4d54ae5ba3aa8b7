import Base
import Market
import Testing

@testable import Streams

@Suite struct FilterChangeTests {
    static func passes(_ text: String, _ value: String?, since told: String?) throws -> Bool {
        try FilterTests.passes(
            "change(bid_price) \(text)", .tick, FilterTests.values([value]),
            since: FilterTests.values([told]))
    }

    @Test(arguments: [
        (">= 0.5", "100.5", "100", true), (">= 0.5", "99.5", "100", true),
        (">= 0.5", "100.49999999", "100", false), ("> 0.5", "100.5", "100", false),
        ("> 0.5", "100.50000001", "100", true), (">= 0.1%", "1001", "1000", true),
        (">= 0.1%", "999", "1000", true), (">= 0.1%", "1000.999999", "1000", false),
        ("> 0.1%", "1001", "1000", false), ("> 0.1%", "1001.000001", "1000", true),
        (">= 200%", "-1", "1", true), ("> 200%", "-1", "1", false), (">= 1", "0.5", "-0.5", true),
    ])
    func `the least change itself counts for >= and not for >, up or down`(
        _ text: String, _ value: String, _ told: String, _ expected: Bool
    ) throws { #expect(try Self.passes(text, value, since: told) == expected) }

    @Test func `nothing changed is no change, whatever it is measured in`() throws {
        for value in ["0", "5", nil] {
            #expect(try !Self.passes(">= 1e-18", value, since: value))
            #expect(try !Self.passes(">= 1e-18%", value, since: value))
        }
    }

    @Test func `what appears, vanishes, or was zero has changed by any percentage`() throws {
        #expect(try Self.passes(">= 1e18%", "1e-18", since: "0"))
        for text in ["> 9e18", "> 9e18%"] {
            #expect(try Self.passes(text, "5", since: nil))
            #expect(try Self.passes(text, nil, since: "5"))
        }
    }

    @Test func `what a change is measured against not being known withholds nothing`() throws {
        let tick = FilterTests.values(["5", "1", "6", "1"])
        for text in ["change(bid_price) > 1", "not change(bid_price) > 1"] {
            #expect(try FilterTests.passes(text, .tick, tick))
            #expect(try !FilterTests.passes("(\(text)) and ask_price > 6", .tick, tick))
        }
    }

    @Test func `the widest numbers there are do not overflow`() throws {
        let numbers = [
            "9223372036854775807e18", "-9223372036854775808e18", "1e-18",
            "9223372036854775807e-18", "-9223372036854775808e-18", "0",
        ]
        for value in numbers {
            for told in numbers where value != told {
                for minimum in ["9223372036854775807e18", "1e-18", "9223372036854775807e-18"] {
                    for unit in ["", "%"] {
                        _ = try Self.passes(">= \(minimum)\(unit)", value, since: told)
                    }
                }
            }
        }
        #expect(try Self.passes(">= 1e-18", numbers[0], since: numbers[1]))
        #expect(try !Self.passes("> 200%", numbers[0], since: "-9223372036854775807e18"))
        #expect(try Self.passes(">= 200%", numbers[0], since: "-9223372036854775807e18"))
    }

    @Test func `percentages agree with whole numbers, for random ones`() throws {
        var random = SeededRandom(seed: 4)
        for _ in 0..<20_000 {
            let (value, told) = (
                Int64(random.next() % 2001) - 1000, Int64(random.next() % 2001) - 1000
            )
            let percent = Int64(random.next() % 4000) + 1
            let exponent = Int(random.next() % 20) - 16
            func number(_ mantissa: Int64) -> Decimal {
                Decimal(mantissa: mantissa, exponent: exponent)
            }
            let change = FilterChange(
                minimum: Decimal(mantissa: percent, exponent: -1), isPercent: true,
                isStrict: random.chance(0.5))
            let (left, right) = (abs(value - told) * 1000, percent * abs(told))
            let expected = value != told && (change.isStrict ? left > right : left >= right)
            #expect(change.isReached(by: number(value), since: number(told)) == expected)
        }
    }
}
