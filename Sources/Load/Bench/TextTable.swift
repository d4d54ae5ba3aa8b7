/// A table for a terminal: the first column is text, the others are numbers. What does not fit side
/// by side continues in a further block below, which begins with the first column again.
struct TextTable {
    struct Row {
        var cells: [String]
        /// Shown in red where there are colours.
        var isAlarming = false
    }

    private static let gap = "  "

    let head: [String]
    var rows: [Row] = []

    /// Lines of at most `width` columns, unless the first column and one other need more.
    func lines(width: Int, isColoured: Bool) -> [String] {
        let widths = head.indices.map { column in
            ([head[column]] + rows.map { $0.cells[column] }).map(\.count).max() ?? 0
        }
        var lines: [String] = []
        for (number, columns) in blocks(widths, width).enumerated() {
            if number > 0 { lines.append("") }
            let title = line(head, columns, widths)
            lines.append(isColoured ? "\u{1b}[1m\(title)\u{1b}[0m" : title)
            lines.append(
                columns.map { String(repeating: "─", count: widths[$0]) }
                    .joined(separator: Self.gap))
            for row in rows {
                let text = line(row.cells, columns, widths)
                lines.append(
                    isColoured && row.isAlarming ? "\u{1b}[31m\(text)\u{1b}[0m" : text)
            }
        }
        return lines
    }

    /// Which columns stand side by side.
    private func blocks(_ widths: [Int], _ width: Int) -> [[Int]] {
        var blocks: [[Int]] = []
        var columns = [0]
        var used = widths[0]
        for column in head.indices.dropFirst() {
            let wanted = Self.gap.count + widths[column]
            if used + wanted > width, columns.count > 1 {
                blocks.append(columns)
                (columns, used) = ([0], widths[0])
            }
            columns.append(column)
            used += wanted
        }
        return blocks + [columns]
    }

    private func line(_ cells: [String], _ columns: [Int], _ widths: [Int]) -> String {
        var text = ""
        for column in columns {
            let space = String(repeating: " ", count: widths[column] - cells[column].count)
            text += column == 0 ? cells[column] + space : Self.gap + space + cells[column]
        }
        while text.last == " " { text.removeLast() }
        return text
    }
}
