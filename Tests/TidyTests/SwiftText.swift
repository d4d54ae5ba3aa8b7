/// Swift source with the inside of comments, string literals and raw identifiers blanked out, line
/// by line, so that words in them are not taken for code. Code inside `\(…)` stays.
struct SwiftText: Sendable {
    private(set) var lines: [String]

    init(_ source: [String]) {
        var blanker = Blanker(Array(source.joined(separator: "\n").utf8))
        lines = blanker.run()
            .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// Line numbers (from 1) whose code contains `word`, not as part of a longer identifier.
    func uses(of word: String) -> [Int] {
        lines.indices.filter { Self.contains(lines[$0], word) }.map { $0 + 1 }
    }

    /// Whether `word` stands in `line`, not as part of a longer identifier.
    static func contains(_ line: String, _ word: String) -> Bool {
        let line = Array(line.utf8)
        let word = Array(word.utf8)
        guard let first = word.first, let last = word.last, line.count >= word.count else {
            return false
        }
        return (0...line.count - word.count).contains { start in
            let end = start + word.count
            return line[start] == first && line[start..<end].elementsEqual(word)
                && !(isIdentifier(first) && start > 0 && isIdentifier(line[start - 1]))
                && !(isIdentifier(last) && end < line.count && isIdentifier(line[end]))
        }
    }

    private static func isIdentifier(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Every function, initializer and accessor with a body: first line and number of lines.
    var functions: [(line: Int, length: Int)] {
        var found: [(line: Int, length: Int)] = []
        var open: [(line: Int, isFunction: Bool)] = []
        var pending: Int?  // line of a declaration whose body has not begun
        var parentheses = 0
        for (index, line) in lines.enumerated() {
            if parentheses == 0, Self.declaresFunction(line) { pending = index }
            for byte in line.utf8 {
                switch byte {
                case UInt8(ascii: "("): parentheses += 1
                case UInt8(ascii: ")"): parentheses -= 1
                case UInt8(ascii: "{") where parentheses == 0 || pending == nil:
                    open.append((pending ?? index, pending != nil))
                    pending = nil
                case UInt8(ascii: "}"):
                    guard let scope = open.popLast() else { continue }
                    if scope.isFunction { found.append((scope.line + 1, index - scope.line + 1)) }
                default: break
                }
            }
            if line.allSatisfy(\.isWhitespace) { pending = nil }
        }
        return found
    }

    private static func declaresFunction(_ line: String) -> Bool {
        let words = line.split { $0 == " " || $0 == "(" || $0 == "<" || $0 == "?" || $0 == "{" }
        return ["func", "init", "deinit", "subscript"].contains { name in
            guard let index = words.firstIndex(of: name[...]) else { return false }
            return words[..<index].allSatisfy {
                $0.hasPrefix("@") || $0.hasSuffix(")") || $0.allSatisfy(\.isLetter)
            }
        }
    }
}

/// Walks the text once; every character it skips becomes a space, every newline stays.
private struct Blanker {
    private let text: [UInt8]
    private var at = 0
    private static let newline = UInt8(ascii: "\n")
    private var output: [UInt8] = []

    init(_ text: [UInt8]) { self.text = text }

    mutating func run() -> [UInt8] {
        code(untilParenthesis: false)
        return output
    }

    private func starts(_ word: String) -> Bool {
        let word = word.utf8
        guard at + word.count <= text.count else { return false }
        var index = at
        for byte in word {
            if text[index] != byte { return false }
            index += 1
        }
        return true
    }

    private mutating func keep() {
        output.append(text[at])
        at += 1
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where at < text.count {
            output.append(text[at] == Self.newline ? Self.newline : UInt8(ascii: " "))
            at += 1
        }
    }

    private mutating func code(untilParenthesis: Bool) {
        var depth = 0
        while at < text.count {
            if starts("//") {
                while at < text.count, text[at] != Self.newline { blank() }
            } else if starts("/*") {
                comment()
            } else if text[at] == UInt8(ascii: "`") {
                rawIdentifier()
            } else if text[at] == UInt8(ascii: "\"") || text[at] == UInt8(ascii: "#") {
                literal()
            } else {
                if text[at] == UInt8(ascii: "(") { depth += 1 }
                if text[at] == UInt8(ascii: ")") {
                    if untilParenthesis, depth == 0 { return blank() }
                    depth -= 1
                }
                keep()
            }
        }
    }

    private mutating func comment() {
        var depth = 0
        repeat {
            if starts("/*") { depth += 1 }
            if starts("*/") { depth -= 1 }
            blank(starts("/*") || starts("*/") ? 2 : 1)
        } while depth > 0 && at < text.count
    }

    private mutating func rawIdentifier() {
        output.append(UInt8(ascii: "r"))
        at += 1
        while at < text.count, text[at] != UInt8(ascii: "`") { blank() }
        blank()
    }

    /// At a quote or at number signs that may begin a raw literal.
    private mutating func literal() {
        var signs = 0
        while at + signs < text.count, text[at + signs] == UInt8(ascii: "#") { signs += 1 }
        guard at + signs < text.count, text[at + signs] == UInt8(ascii: "\"") else {
            for _ in 0..<max(signs, 1) { keep() }
            return
        }
        blank(signs)
        let mark = String(repeating: "#", count: signs)
        let quote = starts("\"\"\"") ? "\"\"\"" : "\""
        blank(quote.count)
        while at < text.count {
            if starts("\\" + mark + "(") {
                blank(2 + signs)
                code(untilParenthesis: true)
            } else if starts("\\" + mark) {
                blank(2 + signs)
            } else if starts(quote + mark) {
                return blank(quote.count + signs)
            } else {
                blank()
            }
        }
    }
}
