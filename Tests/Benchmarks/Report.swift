/// Titles, notes and tables, as text for a terminal or as Markdown.
struct Report {
    enum Style { case terminal, markdown }

    private(set) var text = ""
    private let style: Style

    init(style: Style) { self.style = style }

    mutating func title(_ title: String) {
        text += style == .markdown ? "\n## \(title)\n\n" : "\n== \(title)\n\n"
    }

    mutating func note(_ note: String) { text += note + "\n" }

    /// The first column is text, the others are numbers.
    mutating func table(_ head: [String], _ rows: [[String]]) {
        let all = [head] + rows
        let widths = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            let padded = cells.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }
            return style == .markdown
                ? "| " + padded.joined(separator: " | ") + " |" : padded.joined(separator: "  ")
        }
        text += line(head) + "\n"
        if style == .markdown {
            let rules = widths.enumerated().map { column, width in
                String(repeating: "-", count: width + 1) + (column == 0 ? "-" : ":")
            }
            text += "|" + rules.joined(separator: "|") + "|\n"
        } else {
            text += widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ") + "\n"
        }
        for row in rows { text += line(row) + "\n" }
        text += "\n"
    }
}

extension Double {
    /// With so many digits after the point: "12.5".
    func fixed(_ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let units = (self * scale).rounded()
        if digits == 0 { return String(Int64(units)).grouped }
        let (whole, fraction) = Int64(units.magnitude).quotientAndRemainder(
            dividingBy: Int64(scale))
        let tail = String(fraction)
        let padding = String(repeating: "0", count: digits - tail.count)
        return (units < 0 ? "-" : "") + String(whole).grouped + "." + padding + tail
    }
}

extension String {
    /// Digits in groups of three: "300,000".
    fileprivate var grouped: String {
        var result = ""
        for (place, digit) in reversed().enumerated() {
            if place > 0, place % 3 == 0, digit != "-" { result.append(",") }
            result.append(digit)
        }
        return String(result.reversed())
    }
}
