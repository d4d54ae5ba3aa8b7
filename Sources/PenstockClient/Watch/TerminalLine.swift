/// A line of a screen: pieces of text with a style, cut to a width that counts what is seen and not
/// the control sequences.
struct TerminalLine {
    enum Style { case plain, bold, dim, green, red, yellow }

    private var pieces: [(text: String, style: Style)] = []
    private(set) var width = 0

    mutating func append(_ text: String, _ style: Style = .plain) {
        pieces.append((text, style))
        width += text.count
    }

    /// Fills up with spaces.
    mutating func pad(to column: Int) {
        if column > width { append(String(repeating: " ", count: column - width)) }
    }

    func rendered(width limit: Int, isColoured: Bool) -> String {
        var line = ""
        var left = limit
        for (text, style) in pieces where left > 0 {
            let shown = String(text.prefix(left))
            left -= shown.count
            line += isColoured ? Self.coloured(shown, style) : shown
        }
        return isColoured ? line : Self.withoutTrailingSpaces(line)
    }

    private static func coloured(_ text: String, _ style: Style) -> String {
        let code =
            switch style {
            case .plain: ""
            case .bold: "1"
            case .dim: "2"
            case .green: "32"
            case .red: "31"
            case .yellow: "33"
            }
        return code.isEmpty ? text : "\u{1b}[\(code)m\(text)\u{1b}[0m"
    }

    private static func withoutTrailingSpaces(_ line: String) -> String {
        String(line.reversed().drop { $0 == " " }.reversed())
    }
}
