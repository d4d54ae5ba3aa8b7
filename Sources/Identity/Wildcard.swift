/// Text in which `*` stands for any run of bytes, also an empty one, that has no separator in it.
///
/// Matching allocates nothing and goes back at most to the last `*`, which cannot be left behind a
/// separator: O(pattern × longest part), both bounded by `bytesMax`.
struct Wildcard: Equatable, Sendable {
    /// Longest pattern. Default 256: eight segments of the longest venue or address names.
    static let bytesMax = 256

    private let pattern: [UInt8]
    private let separator: UInt8

    init(_ pattern: [UInt8], separator: UInt8) {
        precondition(pattern.count <= Wildcard.bytesMax, "pattern of \(pattern.count) bytes")
        self.pattern = pattern
        self.separator = separator
    }

    /// Whether the whole of `text` matches.
    func matches(_ text: Span<UInt8>) -> Bool {
        let end = pattern.count
        guard let rest = prefix(of: text) else { return false }
        return rest.pattern == end && rest.text == text.count
    }

    /// Whether the beginning of `text` matches, up to its end or to a separator.
    func matchesBeginning(of text: Span<UInt8>) -> Bool {
        guard let rest = prefix(of: text), rest.pattern == pattern.count else { return false }
        return rest.text == text.count || text[rest.text] == separator
    }

    /// What no star reaches across: the separator, and what escapes or joins the parts of a
    /// certificate's subject (RFC 2253 §2.2, §2.4), so that `CN=a*` never takes in another part.
    private func isBorder(_ byte: UInt8) -> Bool {
        byte == separator || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "+")
    }

    /// Where both stand once the pattern is used up at the end of a part, or nil when it fails.
    private func prefix(of text: Span<UInt8>) -> (pattern: Int, text: Int)? {
        var (at, position) = (0, 0)
        var star: (pattern: Int, text: Int)?
        while true {
            let atPartEnd = position == text.count || text[position] == separator
            if at == pattern.count {
                if atPartEnd { return (at, position) }
            } else if pattern[at] == UInt8(ascii: "*") {
                star = (at, position)
                at += 1
                continue
            } else if position < text.count, pattern[at] == text[position] {
                if atPartEnd { star = nil }
                at += 1
                position += 1
                continue
            }
            // A mismatch: the last star takes one byte more, if the part has one.
            guard let last = star, last.text < text.count, !isBorder(text[last.text]) else {
                return nil
            }
            star = (last.pattern, last.text + 1)
            at = last.pattern + 1
            position = last.text + 1
        }
    }
}
