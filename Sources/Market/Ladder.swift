/// One side of a book: contiguous, sorted, the best price last, where most changes happen and an
/// insertion moves the least.
///
/// Invariant: keys ascend strictly. Bids are keyed by price and asks by minus price, so that
/// "better" is "greater" and both sides share every line of code.
struct Ladder: Sendable {
    var keys: [Int64] = []
    var quantities: [Decimal] = []

    var count: Int { keys.count }

    /// Sets the quantity at a key; zero removes it. O(log n) and a move of the better levels.
    mutating func set(_ key: Int64, _ quantity: Decimal) {
        let index = lowerBound(key)
        let exists = index < keys.count && keys[index] == key
        if quantity.isZero {
            guard exists else { return }
            keys.remove(at: index)
            quantities.remove(at: index)
        } else if exists {
            quantities[index] = quantity
        } else {
            keys.insert(key, at: index)
            quantities.insert(quantity, at: index)
        }
    }

    /// Forgets the worst levels.
    mutating func dropWorst(_ number: Int) {
        keys.removeFirst(number)
        quantities.removeFirst(number)
    }

    mutating func removeAll() {
        keys.removeAll(keepingCapacity: true)
        quantities.removeAll(keepingCapacity: true)
    }

    /// Whether every key times `factor` still fits.
    func canScale(by factor: Int64) -> Bool {
        keys.allSatisfy { !$0.multipliedReportingOverflow(by: factor).overflow }
    }

    mutating func scale(by factor: Int64) {
        for index in keys.indices { keys[index] *= factor }
    }

    /// Adds a level out of order; `sort` must follow before anything else is asked.
    mutating func append(_ key: Int64, _ quantity: Decimal) {
        keys.append(key)
        quantities.append(quantity)
    }

    /// Restores the order after appending. O(n) for levels that came best first, as venues send
    /// them. Returns a key that is there twice, if any.
    mutating func sort() -> Int64? {
        keys.reverse()
        quantities.reverse()
        if firstDisorder == nil { return nil }
        let order = keys.indices.sorted { keys[$0] < keys[$1] }
        keys = order.map { keys[$0] }
        quantities = order.map { quantities[$0] }
        return firstDisorder
    }

    private var firstDisorder: Int64? {
        for index in keys.indices.dropFirst() where keys[index - 1] >= keys[index] {
            return keys[index]
        }
        return nil
    }

    /// Index of the first key that is not below `key`. Halving without a branch on the outcome:
    /// which half is a coin toss, and a mispredicted jump costs more than the comparison.
    @inline(__always)
    private func lowerBound(_ key: Int64) -> Int {
        var length = keys.count
        if length == 0 { return 0 }
        var base = 0
        while length > 1 {
            let half = length / 2
            base &+= keys[base &+ half &- 1] < key ? half : 0
            length &-= half
        }
        return base &+ (keys[base] < key ? 1 : 0)
    }
}
