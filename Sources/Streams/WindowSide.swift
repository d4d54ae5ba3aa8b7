internal import Market

/// One side of a depth window: its rows in the order of the book, best first, each knowing its
/// place in a `ChangeOrderedMap` that knows when it changed.
///
/// The map costs a hash only for a level that enters or was gone; a new quantity at a known price,
/// the bulk of all changes, goes by slot.
struct WindowSide: Sendable {
    struct Row {
        /// Of the book's row, at `priceExponent`: greater is better on both sides.
        var key: Int64
        /// Of the book's row, at `quantityExponent`.
        var quantity: Int64
        var slot: ChangeOrderedMap<Decimal, Decimal>.Slot
    }

    /// None in a side that follows another one: its map is all there is.
    private(set) var rows: [Row] = []
    /// Price → quantity.
    private(set) var map: ChangeOrderedMap<Decimal, Decimal>

    private let side: OrderBook.Side
    private let depth: Int
    private var priceExponent = 0
    private var quantityExponent = 0
    /// Where rows are merged; empty between updates, its memory is kept.
    private var merged: [Row] = []

    init(_ side: OrderBook.Side, _ depth: Int, tombstonesMax: Int) {
        self.side = side
        self.depth = depth
        map = ChangeOrderedMap(tombstonesMax: tombstonesMax)
    }

    /// Takes over a map, and makes the rows of its living levels, at the largest exponents that
    /// hold them and that a book may have. False: there are none.
    mutating func restore(
        _ map: ChangeOrderedMap<Decimal, Decimal>,
        _ changes: [ChangeOrderedMap<Decimal, Decimal>.Change]
    ) -> Bool {
        self.map = map
        let alive = changes.filter { $0.value != nil }
        priceExponent = min(0, Int(alive.map(\.key.exponent).min() ?? 0))
        quantityExponent = min(0, Int(alive.compactMap(\.value?.exponent).min() ?? 0))
        for level in alive {
            guard let price = level.key.mantissa(at: priceExponent),
                let quantity = level.value?.mantissa(at: quantityExponent),
                let slot = map.slot(of: level.key)
            else { return false }
            rows.append(Row(key: side == .bid ? price : -price, quantity: quantity, slot: slot))
        }
        rows.sort { $0.key > $1.key }
        return true
    }

    /// Makes the rows equal to the book's best ones; whether anything changed.
    mutating func update(from book: borrowing OrderBook, _ sequence: UInt64) -> Bool {
        var changed = false
        if priceExponent != book.priceExponent || quantityExponent != book.quantityExponent {
            changed = !rescale(book.priceExponent, book.quantityExponent, sequence)
        }
        let ladder = side == .bid ? book.bids.rows : book.asks.rows
        let wanted = min(depth, ladder.count)
        let same = min(wanted, rows.count)
        var rank = 0
        // Mostly the prices are the same as before, at least down to some rank.
        while rank < same {
            let row = ladder[ladder.count &- 1 &- rank]
            if rows[rank].key != row.key { break }
            if rows[rank].quantity != row.quantity {
                change(rank, to: row.quantity, sequence)
                changed = true
            }
            rank &+= 1
        }
        if rank == wanted, rank == rows.count { return changed }
        merge(ladder, from: rank, to: wanted, sequence)
        return true
    }

    func changes(since base: UInt64, into levels: inout [Level]) {
        // A side may have rested since before the base; it has nothing to say then.
        guard base < map.sequence else { return }
        _ = map.changes(since: base) { price, quantity in
            levels.append(Level(price: price, quantity: quantity ?? .zero))
        }
    }

    /// Takes another side's changes over; quantity zero removes.
    mutating func follow(_ levels: [Level], _ sequence: UInt64) {
        rows.removeAll()
        // Newest first on the way, so oldest first into the map.
        for level in levels.reversed() {
            if level.quantity.isZero {
                map.remove(level.price, at: sequence)
            } else {
                map.insert(level.price, level.quantity, at: sequence)
            }
        }
    }

    /// Best first. O(depth), in a side that follows O(depth log depth).
    func snapshot(into levels: inout [Level]) {
        if rows.isEmpty, map.count > 0 { return snapshotOfMap(into: &levels) }
        for row in rows { levels.append(level(row)) }
    }

    /// O(1), in a side that follows O(levels and removals).
    var best: Level? {
        if let row = rows.first { return level(row) }
        guard map.count > 0 else { return nil }
        var levels: [Level] = []
        snapshotOfMap(into: &levels)
        return levels.first
    }

    private func level(_ row: Row) -> Level {
        Level(
            price: map.key(at: row.slot),
            quantity: Decimal(mantissa: row.quantity, exponent: quantityExponent))
    }

    private func snapshotOfMap(into levels: inout [Level]) {
        let start = levels.count
        for change in map.changes {
            guard let quantity = change.value else { continue }
            levels.append(Level(price: change.key, quantity: quantity))
        }
        let isBid = side == .bid
        levels[start...].sort { isBid ? $0.price > $1.price : $0.price < $1.price }
    }

    /// Merges the old rows and the book's from rank `start` on, where their prices part.
    private mutating func merge(
        _ ladder: [Ladder.Row], from start: Int, to wanted: Int, _ sequence: UInt64
    ) {
        var (old, rank) = (start, start)
        while old < rows.count || rank < wanted {
            let new = rank < wanted ? ladder[ladder.count &- 1 &- rank] : nil
            if old < rows.count, new.map({ rows[old].key > $0.key }) ?? true {
                map.bury(rows[old].slot, at: sequence)
                old += 1
                continue
            }
            guard let new else { break }
            if old < rows.count, rows[old].key == new.key {
                if rows[old].quantity != new.quantity {
                    change(old, to: new.quantity, sequence)
                }
                merged.append(rows[old])
                old += 1
            } else {
                merged.append(enter(new, sequence))
            }
            rank += 1
        }
        rows.removeSubrange(start...)
        rows.append(contentsOf: merged)
        merged.removeAll(keepingCapacity: true)
    }

    private mutating func enter(_ row: Ladder.Row, _ sequence: UInt64) -> Row {
        let price = Decimal(mantissa: abs(row.key), exponent: priceExponent)
        let quantity = Decimal(mantissa: row.quantity, exponent: quantityExponent)
        let slot = map.insert(price, quantity, at: sequence)
        return Row(key: row.key, quantity: row.quantity, slot: slot)
    }

    private mutating func change(_ rank: Int, to amount: Int64, _ sequence: UInt64) {
        rows[rank].quantity = amount
        let quantity = Decimal(mantissa: amount, exponent: quantityExponent)
        map.change(rows[rank].slot, to: quantity, at: sequence)
    }

    /// Restates the rows at the book's new exponents. When a number does not fit there, the book
    /// holds it no more: all rows leave, false is returned, and those that enter again are stamped
    /// once more, no harm done.
    private mutating func rescale(_ price: Int, _ quantity: Int, _ sequence: UInt64) -> Bool {
        let oldQuantityExponent = quantityExponent
        (priceExponent, quantityExponent) = (price, quantity)
        for index in rows.indices {
            let amount = Decimal(mantissa: rows[index].quantity, exponent: oldQuantityExponent)
            guard let key = map.key(at: rows[index].slot).mantissa(at: price),
                let amount = amount.mantissa(at: quantity)
            else {
                for row in rows { map.bury(row.slot, at: sequence) }
                rows.removeAll(keepingCapacity: true)
                return false
            }
            rows[index].key = side == .bid ? key : -key
            rows[index].quantity = amount
        }
        return true
    }
}
