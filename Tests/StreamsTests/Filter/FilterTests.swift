import Market
import Testing

@testable import Streams

@Suite struct FilterTests {
    static func values(_ numbers: [String?], side: Trade.Side = .unknown) -> FilterValues {
        let all = numbers.map { $0.flatMap { Decimal($0) } } + Array(repeating: nil, count: 5)
        return FilterValues(all[0], all[1], all[2], all[3], all[4], side: side)
    }

    static let symbol = Symbol("BTC/USDT")!

    static func program(_ text: String, _ kind: TopicKind) throws -> FilterProgram {
        let verdict = try Filter(parsing: text).compiled(for: kind, symbol: symbol)
        guard case .sometimes(let program) = verdict else {
            throw FilterError.expected("a program", found: "\(verdict)", position: 0)
        }
        return program
    }

    static func passes(
        _ text: String, _ kind: TopicKind, _ values: FilterValues, since told: FilterValues? = nil
    ) throws -> Bool { try program(text, kind).passes(values, since: told) }

    // MARK: Comparisons

    @Test(arguments: [
        ("==", false, true, false), ("!=", true, false, true), ("<", true, false, false),
        ("<=", true, true, false), (">", false, false, true), (">=", false, true, true),
    ])
    func `each comparison holds below, at and above its number as it says`(
        _ sign: String, _ below: Bool, _ at: Bool, _ above: Bool
    ) throws {
        for (value, expected) in [("99.999999", below), ("100.00", at), ("100.000001", above)] {
            let tick = Self.values([value, "1", "2", "3"])
            #expect(try Self.passes("bid_price \(sign) 1e2", .tick, tick) == expected)
        }
    }

    @Test(arguments: [
        ("bid_price", TopicKind.tick, 0), ("bid_quantity", .tick, 1), ("ask_price", .tick, 2),
        ("ask_quantity", .tick, 3), ("best_bid_price", .book, 0), ("best_bid_quantity", .book, 1),
        ("best_ask_price", .book, 2), ("best_ask_quantity", .book, 3), ("price", .trade, 0),
        ("quantity", .aggregateTrade, 1), ("id", .trade, 2), ("first_id", .aggregateTrade, 3),
        ("last_id", .aggregateTrade, 4),
    ])
    func `each field is the one of its name`(
        _ name: String, _ kind: TopicKind, _ place: Int
    ) throws {
        var numbers: [String?] = ["0", "0", "0", "0", "0"]
        #expect(try !Self.passes("\(name) == 7", kind, Self.values(numbers)))
        numbers[place] = "7"
        #expect(try Self.passes("\(name) == 7", kind, Self.values(numbers)))
    }

    @Test func `a comparison with what is absent does not hold, and its opposite by not does`()
        throws
    {
        let none = Self.values([nil, nil, nil, nil])
        for sign in ["==", "!=", "<", "<=", ">", ">="] {
            #expect(try !Self.passes("best_bid_price \(sign) 5", .book, none))
            #expect(try Self.passes("not best_bid_price \(sign) 5", .book, none))
        }
        #expect(try !Self.passes("side == buy", .trade, none))
        #expect(try !Self.passes("side != buy", .trade, none))
        #expect(try Self.passes("not side == buy", .trade, none))
    }

    @Test func `a side is compared with buy and sell`() throws {
        let buy = Self.values(["1", "1", "1"], side: .buy)
        let sell = Self.values(["1", "1", "1"], side: .sell)
        for (text, expected) in [
            ("side == buy", (true, false)), ("side != buy", (false, true)),
            ("side == sell", (false, true)), ("side != sell", (true, false)),
        ] {
            #expect(try Self.passes(text, .trade, buy) == expected.0)
            #expect(try Self.passes(text, .aggregateTrade, sell) == expected.1)
        }
    }

    @Test func `and binds closer than or, not closer than and, parentheses closest`() throws {
        let tick = Self.values(["1", "2", "3", "4"])
        for (text, expected) in [
            ("bid_price == 1 or bid_price == 9 and ask_price == 9", true),
            ("(bid_price == 1 or bid_price == 9) and ask_price == 9", false),
            ("not bid_price == 9 and ask_price == 9", false),
            ("not (bid_price == 9 and ask_price == 9)", true),
            ("not not bid_price == 1", true),
            ("not (bid_price == 9 or ask_price == 3)", false),
        ] { #expect(try Self.passes(text, .tick, tick) == expected, "\(text)") }
    }

    // MARK: Symbols

    @Test func `a set of symbols is decided when the topic is known`() throws {
        func verdict(_ text: String) throws -> FilterVerdict {
            try Filter(parsing: text).compiled(for: .tick, symbol: Self.symbol)
        }
        #expect(try verdict("symbol in (ETH/USDT, BTC/USDT)") == .always)
        #expect(try verdict("not symbol in (ETH/USDT)") == .always)
        #expect(try verdict("symbol == ETH/USDT") == .never)
        #expect(try verdict("symbol != BTC/USDT") == .never)
        #expect(try verdict("symbol == ETH/USDT and bid_price > 5") == .never)
        #expect(try verdict("symbol == BTC/USDT or bid_price > 5") == .always)
        #expect(
            try verdict("symbol == BTC/USDT and bid_price > 5 or symbol == ETH/USDT")
                == .sometimes(Self.program("bid_price > 5", .tick)))
    }

    @Test func `symbols may begin with a digit`() throws {
        let filter = try Filter(parsing: "symbol in (1INCH/USDT)")
        #expect(try filter.compiled(for: .tick, symbol: Symbol("1INCH/USDT")) == .always)
    }

    // MARK: Canonical form

    @Test(arguments: [
        ("bid_price > 5.00", "  bid_price>5 "),
        ("bid_price > 5 and ask_price < 7", "ask_price < 7 and bid_price > 5"),
        ("bid_price > 5 or bid_price > 5", "(bid_price > 5)"),
        (
            "bid_price > 1 and (ask_price > 2 and ask_price > 3)",
            "(bid_price > 1 and ask_price > 2) and ask_price > 3"
        ),
        ("not (bid_price > 1 or ask_price > 2)", "not ask_price > 2 and not bid_price > 1"),
        ("symbol in (B/A, C/A, B/A)", "symbol in (C/A,B/A)"),
        ("symbol != B/A", "not symbol in (B/A)"),
        ("change(bid_price) >= 0.10%", "not not change ( bid_price )>=1e-1 %"),
    ])
    func `filters that mean the same by the laws of and, or and not are equal`(
        _ one: String, _ other: String
    ) throws {
        let (one, other) = (try Filter(parsing: one), try Filter(parsing: other))
        #expect(one == other)
        #expect(one.description == other.description)
        #expect(try Filter(parsing: one.description) == one)
    }

    @Test func `filters that differ in meaning are not equal`() throws {
        let texts = [
            "price > 5", "price >= 5", "not price <= 5", "price > 5.1", "quantity > 5",
            "side == buy", "not side == sell", "side != sell", "price > 5 and quantity > 5",
            "price > 5 or quantity > 5",
        ]
        let programs = try texts.map { try Self.program($0, .trade) }
        #expect(Set(programs).count == texts.count)
    }

    // MARK: Topics that have it not

    @Test(arguments: [
        ("price > 5", TopicKind.tick, "price"), ("bid_price > 5", .book, "bid_price"),
        ("best_bid_price > 5", .tick, "best_bid_price"), ("first_id > 5", .book, "first_id"),
        ("bid_price > 5", .trade, "bid_price"), ("side == buy", .tick, "side"),
        ("side == buy", .book, "side"), ("change(price) > 5", .tick, "price"),
        ("symbol == BTC/USDT and price > 5", .tick, "price"), ("id > 5", .bench, "id"),
    ])
    func `a field that a kind of topic lacks is refused by name, with what it has`(
        _ text: String, _ kind: TopicKind, _ field: String
    ) throws {
        let filter = try Filter(parsing: text)
        let error = #expect(throws: FilterRefusal.self) {
            try filter.compiled(for: kind, symbol: Self.symbol)
        }
        #expect(error == .noField(field, kind))
        #expect(error?.description.contains("have no \(field) to filter by; allowed: ") == true)
    }

    @Test func `a topic without an instrument has no symbol`() throws {
        #expect(throws: FilterRefusal.noField("symbol", .bench)) {
            try Filter(parsing: "symbol == A/B").compiled(for: .bench, symbol: nil)
        }
    }

    @Test func `events are not changes of each other`() throws {
        #expect(throws: FilterRefusal.noChange(.trade)) {
            try Filter(parsing: "change(price) > 5").compiled(for: .trade, symbol: Self.symbol)
        }
    }
}
