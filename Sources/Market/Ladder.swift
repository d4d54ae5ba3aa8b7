/// One side of a book: contiguous, sorted, the best level last, where most changes happen and an
/// insertion moves the least.
///
/// Invariant: keys ascend strictly. Bids are keyed by price and asks by minus price, so that
/// "better" is "greater" and both sides share every line of code.
package struct Ladder: Sendable {
    package struct Row: Equatable, Sendable {
        /// Price, or minus price, in units of the book's price exponent.
        package var key: Int64
        /// In units of the book's quantity exponent; above zero.
        package var quantity: Int64
    }

    /// The best row last. Stored, not computed: other modules read it without a call.
    package private(set) var rows: [Row] = []

    /// Sets the quantity at a key; zero removes it. O(log n) and a move of the better levels.
    mutating func set(_ key: Int64, _ quantity: Int64) {
        let index = lowerBound(key)
        let exists = index < rows.count && rows[index].key == key
        if quantity == 0 {
            if exists { rows.remove(at: index) }
        } else if exists {
            rows[index].quantity = quantity
        } else {
            rows.insert(Row(key: key, quantity: quantity), at: index)
        }
    }

    /// Forgets the worst levels.
    mutating func dropWorst(_ number: Int) { rows.removeFirst(number) }

    mutating func removeAll() { rows.removeAll(keepingCapacity: true) }

    /// Whether every number of a column still fits after multiplying it.
    func canScale(_ column: KeyPath<Row, Int64>, by factor: Int64) -> Bool {
        rows.allSatisfy { !$0[keyPath: column].multipliedReportingOverflow(by: factor).overflow }
    }

    mutating func scale(_ column: WritableKeyPath<Row, Int64>, by factor: Int64) {
        for index in rows.indices { rows[index][keyPath: column] *= factor }
    }

    /// Adds a level out of order; `sort` must follow before anything else is asked.
    mutating func append(_ key: Int64, _ quantity: Int64) {
        rows.append(Row(key: key, quantity: quantity))
    }

    /// Restores the order after appending. O(n) for levels that came best first, as venues send
    /// them. Returns a key that is there twice, if any.
    mutating func sort() -> Int64? {
        rows.reverse()
        if firstDisorder == nil { return nil }
        rows.sort { $0.key < $1.key }
        return firstDisorder
    }

    private var firstDisorder: Int64? {
        for index in rows.indices.dropFirst() where rows[index - 1].key >= rows[index].key {
            return rows[index].key
        }
        return nil
    }

    /// Index of the first key that is not below `key`. Halving without a branch on the outcome:
    /// which half is a coin toss, and a mispredicted jump costs more than the comparison.
    @inline(__always)
    private func lowerBound(_ key: Int64) -> Int {
        var length = rows.count
        if length == 0 { return 0 }
        var base = 0
        while length > 1 {
            let half = length / 2
            base &+= rows[base &+ half &- 1].key < key ? half : 0
            length &-= half
        }
        return base &+ (rows[base].key < key ? 1 : 0)
    }
}
