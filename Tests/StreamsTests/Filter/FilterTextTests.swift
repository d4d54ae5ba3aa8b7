import Base
import Market
import Testing

@testable import Streams

@Suite struct FilterTextTests {
    static func fault(_ text: String, _ limits: FilterLimits = FilterLimits()) -> FilterError? {
        do throws(FilterError) {
            _ = try Filter(parsing: text, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("", "bid_price", "the end", 1),
        ("bid_price", "one of == != < <= > >=", "the end", 10),
        ("bid_price = 5", "one of == != < <= > >=", "\"=\"", 11),
        ("bid_price > ", "a number", "the end", 13),
        ("bid_price > ask_price", "a number", "\"ask_price\"", 13),
        ("volume > 5", "side, symbol, change, not", "\"volume\"", 1),
        ("bid_price > 5 ask_price > 6", "and, or, or the end", "\"ask_price\"", 15),
        ("bid_price > 5 && ask_price > 6", "and, or, or the end", "\"&\"", 15),
        ("bid_price > 5 and", "bid_price", "the end", 18),
        ("(bid_price > 5", "and, or, or \")\"", "the end", 15),
        ("bid_price > 5)", "and, or, or the end", "\")\"", 14),
        ("side > buy", "one of == !=", "\">\"", 6),
        ("side == BUY", "buy or sell", "\"BUY\"", 9),
        ("symbol BTC/USDT", "in, == or !=", "\"BTC/USDT\"", 8),
        ("symbol > BTC/USDT", "one of == !=", "\">\"", 8),
        ("symbol in BTC/USDT", "\"(\"", "\"BTC/USDT\"", 11),
        ("symbol in ()", "a symbol such as BTC/USDT", "\")\"", 12),
        ("symbol in (A/B C/D)", "\",\" or \")\"", "\"C/D\"", 16),
        ("change bid_price > 5", "\"(\"", "\"bid_price\"", 8),
        ("change(side) > 5", "one of bid_price", "\"side\"", 8),
        ("change(bid_price) < 5", "one of >= >", "\"<\"", 19),
        ("bid_price > 5%", "and, or, or the end", "\"%\"", 14),
        ("bid_price > é", "a number", "\"é\"", 13),
        ("not", "bid_price", "the end", 4),
    ])
    func `what is wrong is told with its place and what is allowed there`(
        _ text: String, _ wanted: String, _ found: String, _ position: Int
    ) throws {
        guard case .expected(let expected, found, position)? = Self.fault(text) else {
            Issue.record("\(text): \(String(describing: Self.fault(text)))")
            return
        }
        #expect(expected.contains(wanted))
    }

    @Test func `numbers are decimals that are held exactly, or refused`() {
        #expect(Self.fault("price > 5x") == .badNumber("5x", position: 9))
        #expect(Self.fault("price > 1e-19") == .badNumber("1e-19", position: 9))
        #expect(Self.fault("price > 9223372036854775807") == nil)
        #expect(
            Self.fault("price > 9223372036854775808")
                == .badNumber("9223372036854775808", position: 9))
        #expect(Self.fault("price > -.5") == nil)
    }

    @Test func `a symbol is told what symbols are`() {
        guard case .badSymbol(let reason, 11)? = Self.fault("symbol == btc/usdt") else {
            Issue.record("a symbol of small letters")
            return
        }
        #expect(reason.contains("only A-Z and 0-9 are allowed"))
        guard case .badSymbol(let reason, 16)? = Self.fault("symbol in (A/B,BTCUSDT)") else {
            Issue.record("a symbol without a slash")
            return
        }
        #expect(reason.contains("write BASE/QUOTE"))
    }

    @Test func `a change counts from something above nothing`() {
        #expect(Self.fault("change(price) >= 0") == .noChange(position: 18))
        #expect(Self.fault("change(price) > -1%") == .noChange(position: 17))
        #expect(Self.fault("change(price) > 1e-18%") == nil)
    }

    // MARK: Limits, both sides

    @Test func `a text may have so many bytes`() {
        var limits = FilterLimits()
        limits.bytesMax = 20
        #expect(Self.fault("bid_price > 12345678", limits) == nil)
        let error = Self.fault("bid_price > 123456789", limits)
        #expect(error == .tooManyBytes(21, max: 20))
        #expect(error?.isLimit == true)
    }

    @Test func `a filter may have so many comparisons`() {
        var limits = FilterLimits()
        limits.termsMax = 3
        #expect(Self.fault("id > 1 and side == buy or symbol == A/B", limits) == nil)
        let error = Self.fault("id > 1 and (side == buy or symbol == A/B) or id > 2", limits)
        #expect(error == .tooManyTerms(max: 3, position: 46))
        #expect(error?.isLimit == true)
    }

    @Test func `parentheses and not may be so deep`() {
        var limits = FilterLimits()
        limits.depthMax = 3
        #expect(Self.fault("(not (id > 1)) and (((id > 2)))", limits) == nil)
        let error = Self.fault("(not (not id > 1))", limits)
        #expect(error == .tooDeep(max: 3, position: 7))
        #expect(error?.isLimit == true)
    }

    @Test func `a set may have so many symbols`() {
        var limits = FilterLimits()
        limits.symbolsMax = 2
        #expect(Self.fault("symbol in (A/B, C/D) or symbol in (A/B, E/F)", limits) == nil)
        let error = Self.fault("symbol in (A/B, C/D, E/F)", limits)
        #expect(error == .tooManySymbols(max: 2, position: 22))
        #expect(error?.isLimit == true)
    }

    @Test func `the deepest filter of the default limits is understood`() {
        let limits = FilterLimits()
        let open = String(repeating: "(", count: limits.depthMax)
        let shut = String(repeating: ")", count: limits.depthMax)
        #expect(Self.fault(open + "id > 1" + shut) == nil)
        #expect(Self.fault("(" + open + "id > 1" + shut + ")")?.isLimit == true)
    }

    @Test func `any bytes are a filter or an error, in bounded time`() {
        var random = SeededRandom(seed: 77)
        let pieces = [
            "bid_price", "side", "symbol", "in", "change", "(", ")", ",", "%", "==", "!=", "<", ">",
            "=", "1.5", "-", "buy", "A/B", "and", "or", "not", " ", "é", "\u{0}", "9e99",
        ]
        for _ in 0..<20_000 {
            let text = (0..<Int(random.next() % 14))
                .map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }
                .joined(separator: random.chance(0.5) ? " " : "")
            guard let filter = try? Filter(parsing: text) else { continue }
            #expect((try? Filter(parsing: filter.description)) == filter, "\(text)")
        }
    }
}
