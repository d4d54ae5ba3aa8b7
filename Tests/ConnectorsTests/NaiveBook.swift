/// The oracle: a book as a dictionary from price to quantity, in units of 10^-8, following
/// Binance's documentation to the letter and nothing else.
struct NaiveBook {
    private(set) var bids: [Int64: Int64] = [:]
    private(set) var asks: [Int64: Int64] = [:]
    private(set) var id: Int?
    private var buffered: [[String: Any]] = []

    static func units(_ text: String) -> Int64 {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        let padded = fraction + String(repeating: "0", count: 8 - fraction.count)
        return Int64(parts[0])! * 100_000_000 + Int64(padded)!
    }

    /// True when the book is at a new id afterwards.
    mutating func diff(_ event: [String: Any]) -> Bool {
        guard let id else {
            buffered.append(event)
            return false
        }
        let last = event["u"] as! Int
        if last <= id { return false }
        precondition((event["U"] as! Int) <= id + 1, "the recording has a hole")
        set(&bids, event["b"])
        set(&asks, event["a"])
        self.id = last
        return true
    }

    mutating func snapshot(_ answer: [String: Any]) {
        set(&bids, answer["bids"])
        set(&asks, answer["asks"])
        id = (answer["lastUpdateId"] as! Int)
        for event in buffered { _ = diff(event) }
        buffered = []
    }

    private func set(_ side: inout [Int64: Int64], _ levels: Any?) {
        for level in levels as! [[String]] {
            let quantity = Self.units(level[1])
            side[Self.units(level[0])] = quantity == 0 ? nil : quantity
        }
    }
}
