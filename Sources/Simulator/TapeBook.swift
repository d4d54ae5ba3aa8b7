/// One price of a tape's book, in the venue's own digits: a depth answer repeats them verbatim.
package struct TapeLevel: Equatable, Sendable {
    package let price: Digits
    package let priceText: String
    package let quantityText: String

    package init(price: Digits, priceText: String, quantityText: String) {
        self.price = price
        self.priceText = priceText
        self.quantityText = quantityText
    }
}

/// The order book of one symbol at one position of the tape: snapshot plus diffs.
///
/// Invariant: both sides are sorted with the best level at the end, no level is empty. Setting a
/// level costs O(log levels) to find and O(distance from the best) to move.
package struct TapeBook: Sendable {
    package private(set) var bids: [TapeLevel] = []
    package private(set) var asks: [TapeLevel] = []
    /// The venue's number of the last update in the book.
    package var lastUpdateID: UInt64 = 0

    package init() {}

    package var bestBid: TapeLevel? { bids.last }
    package var bestAsk: TapeLevel? { asks.last }

    package mutating func setBid(_ level: TapeLevel, isEmpty: Bool) {
        TapeBook.set(level, isEmpty, in: &bids) { $0 < $1 }
    }

    package mutating func setAsk(_ level: TapeLevel, isEmpty: Bool) {
        TapeBook.set(level, isEmpty, in: &asks) { $0 > $1 }
    }

    private static func set(
        _ level: TapeLevel, _ isEmpty: Bool, in side: inout [TapeLevel],
        worse: (Digits, Digits) -> Bool
    ) {
        var (low, high) = (0, side.count)
        while low < high {
            let middle = (low + high) / 2
            if worse(side[middle].price, level.price) { low = middle + 1 } else { high = middle }
        }
        let found = low < side.count && side[low].price == level.price
        switch (found, isEmpty) {
        case (true, true): side.remove(at: low)
        case (true, false): side[low] = level
        case (false, false): side.insert(level, at: low)
        case (false, true): break
        }
    }

    /// The answer to a depth request: at most `limit` levels a side, best first.
    package func depthText(limit: Int) -> String {
        var text = "{\"lastUpdateId\":\(lastUpdateID),\"bids\":["
        TapeBook.append(bids, limit, to: &text)
        text += "],\"asks\":["
        TapeBook.append(asks, limit, to: &text)
        return text + "]}"
    }

    private static func append(_ side: [TapeLevel], _ limit: Int, to text: inout String) {
        for (rank, level) in side.reversed().prefix(limit).enumerated() {
            if rank > 0 { text += "," }
            text += "[\"\(level.priceText)\",\"\(level.quantityText)\"]"
        }
    }
}
