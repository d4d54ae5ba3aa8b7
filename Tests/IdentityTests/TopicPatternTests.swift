import Testing

@testable import Identity

@Suite struct TopicPatternTests {
    @Test(arguments: [
        ("tick:binance:BTC/USDT", "tick:binance:BTC/USDT"), ("tick:*:*", "tick:binance:BTC/USDT"),
        ("tick:*:BTC/USDT", "tick:binance_us:BTC/USDT"), ("*", "alerts"), ("**", "alerts"),
        ("**", "book:binance:BTC/USDT:50"), ("book:**", "book:binance:BTC/USDT:50"),
        ("book:binance:**", "book:binance:BTC/USDT"), ("book:binance:**", "book:binance"),
        ("book:*:*:*", "book:binance:BTC/USDT:50"), ("tick:*:*/USDT", "tick:binance:BTC/USDT"),
        ("tick:bin*:BTC*", "tick:binance:BTC/USDT"), ("tick:*:*T", "tick:b:TTT"),
        ("tick:*:AB*BA", "tick:b:ABABA"), ("tick:binance*:X", "tick:binance:X"),
        ("*:*:**", "trade:binance:BTC/USDT"),
    ])
    func `a pattern matches`(pattern: String, name: String) throws {
        #expect(try TopicPattern(parsing: pattern).matches(name))
    }

    @Test(arguments: [
        ("tick:binance:BTC/USDT", "tick:binance:BTC/USD"), ("tick:*", "tick:binance:BTC/USDT"),
        ("tick:binance:BTC/USD", "tick:binance:BTC/USDT"), ("tick:*:*:*", "tick:binance:BTC/USDT"),
        ("*", "tick:binance"), ("book:binance:**", "book:binance_us:BTC/USDT"),
        ("book:**", "books"), ("book:**", "tick:binance:BTC/USDT"), ("book:**", ""),
        ("tick:*:*/USDT", "tick:binance:BTC/USDT:5"), ("tick:*:*/USDT", "tick:binance:BTC/USD"),
        ("tick:*:AB*BA", "tick:b:ABA"), ("TICK:**", "tick:binance:BTC/USDT"),
        ("tick:*:b", "tick:a:b:b"), ("*k:b", "tick"), ("tick:b*:c", "tick:ab:c"),
    ])
    func `a pattern does not match`(pattern: String, name: String) throws {
        #expect(try !TopicPattern(parsing: pattern).matches(name))
    }

    @Test(arguments: [
        ("", TopicPatternError.emptySegment("")), ("tick:", .emptySegment("tick:")),
        (":x", .emptySegment(":x")), ("tick::x", .emptySegment("tick::x")),
        ("**:x", .tooManyStars("**:x")), ("a*b*", .tooManyStars("a*b*")),
        ("tick:***", .tooManyStars("tick:***")), ("a b", .badCharacter), ("ä", .badCharacter),
        ("a\n", .badCharacter), ("\u{7F}", .badCharacter),
    ])
    func `what is no pattern is named`(text: String, error: TopicPatternError) {
        #expect(throws: error) { try TopicPattern(parsing: text) }
    }

    @Test func `a pattern has 256 bytes and 8 segments at most`() throws {
        let long = String(repeating: "x", count: 256)
        #expect(try TopicPattern(parsing: long).matches(long))
        #expect(throws: TopicPatternError.tooLong) { try TopicPattern(parsing: long + "x") }
        let deep = Array(repeating: "x", count: 8).joined(separator: ":")
        #expect(try TopicPattern(parsing: deep).matches(deep))
        #expect(throws: TopicPatternError.tooManySegments(deep + ":x")) {
            try TopicPattern(parsing: deep + ":x")
        }
    }

    @Test func `256 patterns are one principal's, one more are refused`() throws {
        let patterns = (0..<257).map { "bench:\($0)" }
        let grants = try TopicGrants(Array(patterns.prefix(256)))
        #expect(grants.allows("bench:255"))
        #expect(!grants.allows("bench:256"))
        #expect(throws: TopicGrantsError.tooMany) { try TopicGrants(patterns) }
    }

    @Test func `a pattern agrees with a slow one that tries everything`() throws {
        // Every pattern of up to four of these letters, and every name of up to five.
        let letters = ["a", "b", ":", "*"]
        var patterns = [""]
        var names = [""]
        var (longPatterns, longNames) = (patterns, names)
        for length in 1...5 {
            longPatterns = longPatterns.flatMap { start in letters.map { start + $0 } }
            longNames = longNames.flatMap { start in letters.prefix(3).map { start + $0 } }
            if length < 5 { patterns += longPatterns }
            names += longNames
        }
        for text in patterns {
            guard let pattern = try? TopicPattern(parsing: text) else { continue }
            for name in names where pattern.matches(name) != slow(text, name) {
                Issue.record("\(text) and \(name): \(pattern.matches(name))")
            }
        }
    }

    private func slow(_ pattern: String, _ name: String) -> Bool {
        var segments = pattern.split(separator: ":", omittingEmptySubsequences: false)
        var parts = name.split(separator: ":", omittingEmptySubsequences: false)
        if segments.last == "**" {
            segments.removeLast()
            guard parts.count >= segments.count else { return false }
            parts = Array(parts.prefix(segments.count))
        }
        return segments.count == parts.count
            && zip(segments, parts).allSatisfy { segment, part in
                guard let star = segment.firstIndex(of: "*") else { return segment == part }
                let (before, after) = (segment[..<star], segment[segment.index(after: star)...])
                return part.count >= before.count + after.count && part.hasPrefix(before)
                    && part.hasSuffix(after)
            }
    }
}
