/// Swift source with the inside of comments, string literals and raw identifiers blanked out, line
/// by line, so that words in them are not taken for code. Code inside `\(…)` stays.
struct SwiftText {
    private(set) var lines: [String]

    init(_ source: [String]) {
        var blanker = Blanker(Array(source.joined(separator: "\n")))
        lines = blanker.run().split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
    }

    /// Line numbers (from 1) whose code contains `word`, not as part of a longer identifier.
    func uses(of word: String) -> [Int] {
        lines.indices.filter { Self.contains(lines[$0], word) }.map { $0 + 1 }
    }

    private static func contains(_ line: String, _ word: String) -> Bool {
        var rest = line[...]
        while let found = rest.firstRange(of: word) {
            let before = line[..<found.lowerBound].last
            let after = line[found.upperBound...].first
            let startsWord = word.first.map(isIdentifier) ?? false
            let endsWord = word.last.map(isIdentifier) ?? false
            if !(startsWord && before.map(isIdentifier) ?? false),
                !(endsWord && after.map(isIdentifier) ?? false)
            {
                return true
            }
            rest = rest[found.upperBound...]
        }
        return false
    }

    private static func isIdentifier(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }

    /// Every function, initializer and accessor with a body: first line and number of lines.
    var functions: [(line: Int, length: Int)] {
        var found: [(line: Int, length: Int)] = []
        var open: [(line: Int, isFunction: Bool)] = []
        var pending: Int?  // line of a declaration whose body has not begun
        var parentheses = 0
        for (index, line) in lines.enumerated() {
            if parentheses == 0, Self.declaresFunction(line) { pending = index }
            for character in line {
                switch character {
                case "(": parentheses += 1
                case ")": parentheses -= 1
                case "{" where parentheses == 0 || pending == nil:
                    open.append((pending ?? index, pending != nil))
                    pending = nil
                case "}":
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
    private let text: [Character]
    private var at = 0
    private var output = ""

    init(_ text: [Character]) { self.text = text }

    mutating func run() -> String {
        code(untilParenthesis: false)
        return output
    }

    private func starts(_ word: String) -> Bool {
        at + word.count <= text.count && zip(word, text[at...]).allSatisfy { $0 == $1 }
    }

    private mutating func keep() {
        output.append(text[at])
        at += 1
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where at < text.count {
            output.append(text[at] == "\n" ? "\n" : " ")
            at += 1
        }
    }

    private mutating func code(untilParenthesis: Bool) {
        var depth = 0
        while at < text.count {
            if starts("//") {
                while at < text.count, text[at] != "\n" { blank() }
            } else if starts("/*") {
                comment()
            } else if text[at] == "`" {
                rawIdentifier()
            } else if text[at] == "\"" || text[at] == "#" {
                literal()
            } else {
                if text[at] == "(" { depth += 1 }
                if text[at] == ")" {
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
        output.append("r")
        at += 1
        while at < text.count, text[at] != "`" { blank() }
        blank()
    }

    /// At a quote or at number signs that may begin a raw literal.
    private mutating func literal() {
        var signs = 0
        while at + signs < text.count, text[at + signs] == "#" { signs += 1 }
        guard at + signs < text.count, text[at + signs] == "\"" else {
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
