package import Base
internal import Market
internal import Schema

/// The live view of `penstock watch` on a terminal, as text: per topic its status, rate and age,
/// price and spread, the best five levels with bars, or the last five trades. Pure.
package enum TerminalView {
    /// The screen, at most `height` lines of at most `width` columns.
    /// - Parameters:
    ///   - title: for example the server's address.
    ///   - isColoured: with ANSI colours; without, for a plain terminal or a test.
    package static func render(
        _ topics: inout [WatchedTopic], title: String, width: Int, height: Int, now: Instant,
        isColoured: Bool
    ) -> [String] {
        var lines: [TerminalLine] = [heading(title, width: width)]
        var shown = 0
        for index in topics.indices {
            let block = self.block(&topics[index], width: width, now: now)
            // The last line is kept for saying what does not fit.
            let isLast = index == topics.count - 1
            if lines.count + block.count > height - (isLast ? 0 : 1) { break }
            lines += block
            shown += 1
        }
        if shown < topics.count {
            var line = TerminalLine()
            line.append("… \(topics.count - shown) more: make the window taller", .dim)
            lines.append(line)
        }
        return lines.prefix(max(0, height)).map {
            $0.rendered(width: max(0, width), isColoured: isColoured)
        }
    }

    /// The control sequences that replace the last screen by these lines without flicker.
    package static func screen(_ lines: [String]) -> String {
        "\u{1b}[H" + lines.map { $0 + "\u{1b}[K" }.joined(separator: "\r\n") + "\u{1b}[J"
    }

    /// Turns to the alternate screen and hides the cursor; `leave` undoes both.
    package static let enter = "\u{1b}[?1049h\u{1b}[?25l"
    package static let leave = "\u{1b}[?25h\u{1b}[?1049l"

    /// Rows of levels or trades below a topic.
    static let rowsMax = 5

    private static func heading(_ title: String, width: Int) -> TerminalLine {
        var line = TerminalLine()
        line.append("penstock", .bold)
        line.append("  \(title)", .dim)
        line.pad(to: width - 14)
        line.append("Ctrl-C to quit", .dim)
        return line
    }

    private static func block(
        _ topic: inout WatchedTopic, width: Int, now: Instant
    ) -> [TerminalLine] {
        let rate = topic.rate(at: now)
        let head = self.head(topic, rate: rate, age: topic.age(at: now), width: width)
        let body =
            switch topic.state.kind {
            case .book:
                book(topic.state, width: width)
            case .tick:
                [quote(topic.state)]
            case .trade, .aggregateTrade:
                trades(topic)
            case .bench:
                [TerminalLine]()
            }
        return [TerminalLine(), head] + body
    }

    private static func head(
        _ topic: WatchedTopic, rate: Double, age: Duration?, width: Int
    ) -> TerminalLine {
        var line = TerminalLine()
        line.append(topic.state.topic, .bold)
        let status = WatchLine.name(of: topic.state.status)
        let right = "● \(status)  \(oneDecimal(rate))/s  \(text(age))"
        line.append("  ")
        line.pad(to: width - right.count)
        let style: TerminalLine.Style =
            switch topic.state.status {
            case .live: .green
            case .resyncing: .yellow
            case .stale, .unspecified: .red
            }
        line.append("● \(status)", style)
        line.append("  \(oneDecimal(rate))/s  \(text(age))", .dim)
        return line
    }

    private static func book(_ state: MergedState, width: Int) -> [TerminalLine] {
        let (bids, asks) = (state.bids.levels.prefix(rowsMax), state.asks.levels.prefix(rowsMax))
        var lines = [spread(bid: bids.first?.price, ask: asks.first?.price)]
        let shown = bids + asks
        guard let largest = shown.map(\.quantity).max() else { return lines }
        let prices = DecimalColumn(shown.map(\.price))
        let quantities = DecimalColumn(shown.map(\.quantity))
        // Two sides of: indent, quantity, bar, price, with a rule between them.
        let barWidth = max(0, (width - 3) / 2 - prices.width - quantities.width - 4)
        for rank in 0..<max(bids.count, asks.count) {
            var line = TerminalLine()
            line.append("  ")
            if rank < bids.count {
                let bar = barToTheLeft(bids[rank].quantity, of: largest, width: barWidth)
                line.append(quantities.text(bids[rank].quantity) + " ")
                line.append(String(repeating: " ", count: barWidth - bar.count))
                line.append(bar + " ", .green)
                line.append(prices.text(bids[rank].price), .bold)
            }
            line.pad(to: 2 + quantities.width + 1 + barWidth + 1 + prices.width)
            line.append(" │ ", .dim)
            if rank < asks.count {
                let bar = self.bar(asks[rank].quantity, of: largest, width: barWidth)
                line.append(prices.text(asks[rank].price), .bold)
                line.append(" " + bar, .red)
                line.append(String(repeating: " ", count: barWidth - bar.count))
                line.append(" " + quantities.text(asks[rank].quantity))
            }
            lines.append(line)
        }
        return lines
    }

    private static func spread(bid: Decimal?, ask: Decimal?) -> TerminalLine {
        var line = TerminalLine()
        line.append("  bid ", .dim)
        line.append(bid?.description ?? "–", .green)
        line.append("  ask ", .dim)
        line.append(ask?.description ?? "–", .red)
        if let bid, let ask, let spread = ask.subtracting(bid) {
            line.append("  spread ", .dim)
            line.append(spread.description, spread.isNegative ? .yellow : .plain)
        }
        return line
    }

    private static func quote(_ state: MergedState) -> TerminalLine {
        var line = spread(bid: state.tick.bidPrice, ask: state.tick.askPrice)
        line.append("  quantities ", .dim)
        line.append(state.tick.bidQuantity?.description ?? "–")
        line.append(" × ", .dim)
        line.append(state.tick.askQuantity?.description ?? "–")
        return line
    }

    private static func trades(_ topic: WatchedTopic) -> [TerminalLine] {
        let shown = topic.trades.prefix(rowsMax)
        let prices = DecimalColumn(shown.map(\.price))
        let quantities = DecimalColumn(shown.map(\.quantity))
        var lines = shown.map { trade in
            var line = TerminalLine()
            switch trade.side {
            case .buy: line.append("  ▲ ", .green)
            case .sell: line.append("  ▼ ", .red)
            case .unspecified: line.append("    ")
            }
            line.append(prices.text(trade.price), .bold)
            line.append("  " + quantities.text(trade.quantity))
            line.append("  #\(trade.id)", .dim)
            return line
        }
        if let gap = topic.lastGap {
            var line = TerminalLine()
            let from = gap.fromID ?? gap.fromSequence
            let to = gap.toID ?? gap.toSequence
            line.append("  gap", .yellow)
            if let from, let to { line.append(" \(from)…\(to)", .yellow) }
            lines.append(line)
        }
        return lines
    }

    /// Length in proportion, in eighths of a column; never nothing for something.
    static func bar(_ quantity: Decimal, of largest: Decimal, width: Int) -> String {
        let eighths = self.eighths(quantity, of: largest, width: width)
        let part = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        return String(repeating: "█", count: eighths / 8) + part
    }

    /// The same growing leftwards, for which there are fewer characters.
    static func barToTheLeft(_ quantity: Decimal, of largest: Decimal, width: Int) -> String {
        let eighths = self.eighths(quantity, of: largest, width: width)
        let part = ["", "▕", "▕", "▐", "▐", "▐", "▐", "█"][eighths % 8]
        return part + String(repeating: "█", count: eighths / 8)
    }

    private static func eighths(_ quantity: Decimal, of largest: Decimal, width: Int) -> Int {
        if width == 0 || quantity.isZero || largest.isZero { return 0 }
        let share = approximately(quantity) / approximately(largest)
        return min(width * 8, max(1, Int((share * Double(width * 8)).rounded())))
    }

    /// For drawing only.
    private static func approximately(_ decimal: Decimal) -> Double {
        Double(decimal.description) ?? 0
    }

    private static func oneDecimal(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func text(_ age: Duration?) -> String {
        guard let age else { return "no data yet" }
        let milliseconds = age.wholeNanoseconds / 1_000_000
        if milliseconds < 1000 { return "\(milliseconds) ms ago" }
        if milliseconds < 60_000 { return "\(oneDecimal(age.inSeconds)) s ago" }
        return "\(milliseconds / 60_000) min ago"
    }
}
