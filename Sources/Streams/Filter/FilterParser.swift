internal import Market

/// Reads the language of filters, by descent; `Filters.md` has its grammar.
struct FilterParser {
    private static let names = FilterField.allCases.map(\.rawValue).joined(separator: ", ")
    private static let beginnings = "\(names), side, symbol, change, not or \"(\""

    private var scanner: FilterScanner
    private let limits: FilterLimits
    private var terms = 0
    private var depth = 0

    /// The whole text; not yet in canonical form.
    static func expression(
        _ text: String, _ limits: FilterLimits
    ) throws(FilterError) -> FilterExpression {
        let bytes = text.utf8.count
        if bytes > limits.bytesMax { throw .tooManyBytes(bytes, max: limits.bytesMax) }
        var parser = FilterParser(scanner: FilterScanner(text), limits: limits)
        let expression = try parser.anyOf()
        if parser.scanner.next != nil { throw parser.unexpected("and, or, or the end") }
        return expression
    }

    private init(scanner: FilterScanner, limits: FilterLimits) {
        self.scanner = scanner
        self.limits = limits
    }

    // MARK: And, or, not

    private mutating func anyOf() throws(FilterError) -> FilterExpression {
        var parts = [try allOf()]
        while take("or") { parts.append(try allOf()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func allOf() throws(FilterError) -> FilterExpression {
        var parts = [try one()]
        while take("and") { parts.append(try one()) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func one() throws(FilterError) -> FilterExpression {
        let position = here
        if take("not") {
            try enter(at: position)
            let inner = try one()
            depth -= 1
            return inner.negated
        }
        if take("(") {
            try enter(at: position)
            let inner = try anyOf()
            depth -= 1
            try expect(")", orElse: "and, or, or \")\"")
            return inner
        }
        terms += 1
        if terms > limits.termsMax { throw .tooManyTerms(max: limits.termsMax, position: position) }
        return try term()
    }

    private mutating func enter(at position: Int) throws(FilterError) {
        depth += 1
        if depth > limits.depthMax { throw .tooDeep(max: limits.depthMax, position: position) }
    }

    // MARK: Terms

    private mutating func term() throws(FilterError) -> FilterExpression {
        if take("side") { return try side() }
        if take("symbol") { return try symbols() }
        if take("change") { return try change() }
        let field = try field(orElse: Self.beginnings)
        let comparison = try comparison(FilterComparison.allCases)
        return .term(.number(field, comparison, try number()), isNegated: false)
    }

    private mutating func field(orElse wanted: String) throws(FilterError) -> FilterField {
        guard let word = scanner.next, let field = FilterField(rawValue: word.text) else {
            throw unexpected(wanted)
        }
        scanner.advance()
        return field
    }

    private mutating func comparison(
        _ allowed: [FilterComparison]
    ) throws(FilterError) -> FilterComparison {
        guard let sign = scanner.next, let comparison = FilterComparison(rawValue: sign.text),
            allowed.contains(comparison)
        else { throw unexpected("one of " + allowed.map(\.rawValue).joined(separator: " ")) }
        scanner.advance()
        return comparison
    }

    private mutating func number() throws(FilterError) -> Decimal {
        guard let word = scanner.next, word.isWord, let first = word.text.utf8.first,
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) || "+-.".utf8.contains(first)
        else { throw unexpected("a number such as 61837.5") }
        guard let number = Decimal(word.text) else {
            throw .badNumber(word.text.brief, position: word.position)
        }
        scanner.advance()
        return number
    }

    private mutating func side() throws(FilterError) -> FilterExpression {
        let isEqual = try comparison([.equal, .unequal]) == .equal
        let side: Trade.Side
        if take("buy") {
            side = .buy
        } else if take("sell") {
            side = .sell
        } else {
            throw unexpected("buy or sell")
        }
        return .term(.side(side, isEqual: isEqual), isNegated: false)
    }

    private mutating func symbols() throws(FilterError) -> FilterExpression {
        if take("in") {
            try expect("(")
            var symbols = [try symbol()]
            while take(",") {
                if symbols.count == limits.symbolsMax {
                    throw .tooManySymbols(max: limits.symbolsMax, position: here)
                }
                symbols.append(try symbol())
            }
            try expect(")", orElse: "\",\" or \")\"")
            let sorted = Set(symbols).sorted { $0.description < $1.description }
            return .term(.symbols(sorted), isNegated: false)
        }
        guard scanner.next?.isWord == false else { throw unexpected("in, == or !=") }
        let isEqual = try comparison([.equal, .unequal]) == .equal
        return .term(.symbols([try symbol()]), isNegated: !isEqual)
    }

    private mutating func symbol() throws(FilterError) -> Symbol {
        guard let word = scanner.next, word.isWord else {
            throw unexpected("a symbol such as BTC/USDT")
        }
        do throws(SymbolError) {
            let symbol = try Symbol(parsing: word.text)
            scanner.advance()
            return symbol
        } catch {
            throw .badSymbol("\(error)", position: word.position)
        }
    }

    private mutating func change() throws(FilterError) -> FilterExpression {
        try expect("(")
        let field = try field(orElse: "one of \(Self.names)")
        try expect(")")
        let isStrict = try comparison([.greaterOrEqual, .greater]) == .greater
        let position = here
        let minimum = try number()
        if minimum.isZero || minimum.isNegative { throw .noChange(position: position) }
        let isPercent = take("%")
        return .term(
            .change(
                field, FilterChange(minimum: minimum, isPercent: isPercent, isStrict: isStrict)),
            isNegated: false)
    }

    // MARK: Words

    private var here: Int { scanner.next?.position ?? scanner.endPosition }

    private mutating func take(_ word: String) -> Bool {
        guard scanner.next?.text == word else { return false }
        scanner.advance()
        return true
    }

    private mutating func expect(
        _ sign: String, orElse wanted: String? = nil
    ) throws(FilterError) {
        if !take(sign) { throw unexpected(wanted ?? "\"\(sign)\"") }
    }

    private func unexpected(_ wanted: String) -> FilterError {
        let found = scanner.next.map { "\"\($0.text.brief)\"" } ?? "the end"
        return .expected(wanted, found: found, position: here)
    }
}
