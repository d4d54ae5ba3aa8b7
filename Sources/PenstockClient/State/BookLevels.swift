package import Market

/// One side of a merged book, best first. Setting a level costs a binary search and moving what is
/// behind it: a window has at most 1,000.
package struct BookLevels: Equatable, Sendable {
    package private(set) var levels: [Level] = []
    private let highestFirst: Bool

    package init(highestFirst: Bool) { self.highestFirst = highestFirst }

    package var best: Level? { levels.first }

    mutating func removeAll() { levels.removeAll(keepingCapacity: true) }

    /// Puts the quantity at that price; zero removes it, and removing what is not there does
    /// nothing.
    mutating func set(_ level: Level) {
        let rank = self.rank(of: level.price)
        let isThere = rank < levels.count && levels[rank].price == level.price
        if level.quantity.isZero {
            if isThere { levels.remove(at: rank) }
        } else if isThere {
            levels[rank].quantity = level.quantity
        } else {
            levels.insert(level, at: rank)
        }
    }

    /// Where the price is, or would be put.
    private func rank(of price: Decimal) -> Int {
        var (low, high) = (0, levels.count)
        while low < high {
            let middle = (low + high) / 2
            let other = levels[middle].price
            if highestFirst ? other > price : other < price {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
