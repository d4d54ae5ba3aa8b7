internal import Market

/// One side of a depth window: its rows in the order of the book, best first, each knowing its
/// place in a `ChangeOrderedMap` that knows when it changed.
///
/// The map costs a hash only for a level that enters or was gone; a new quantity at a known price,
/// the bulk of all changes, goes by slot.
struct WindowSide: Sendable {
    struct Row {
        /// Price at `priceExponent`; minus price for asks, so that greater is better on both sides.
        var key: Int64
        var slot: ChangeOrderedMap<Decimal, Decimal>.Slot
        var quantity: Decimal
    }

    private(set) var rows: [Row] = []
    /// Price → quantity.
    private(set) var map: ChangeOrderedMap<Decimal, Decimal>

    private let side: OrderBook.Side
    private let depth: Int
    private var priceExponent = 0
    /// Where rows are merged; empty between updates, its memory is kept.
    private var merged: [Row] = []

    init(_ side: OrderBook.Side, _ depth: Int, tombstonesMax: Int) {
        self.side = side
        self.depth = depth
        map = ChangeOrderedMap(tombstonesMax: tombstonesMax)
    }

    /// Makes the rows equal to the book's best ones; whether anything changed.
    mutating func update(from book: borrowing OrderBook, _ sequence: UInt64) -> Bool {
        if priceExponent != book.priceExponent { rescale(to: book.priceExponent, sequence) }
        let wanted = min(depth, book.count(side))
        var changed = false
        var rank = 0
        // Mostly the prices are the same as before, at least down to some rank.
        while rank < min(wanted, rows.count), rows[rank].key == key(book, rank) {
            let quantity = book.quantity(side, rank)
            if rows[rank].quantity != quantity {
                rows[rank].quantity = quantity
                map.change(rows[rank].slot, to: quantity, at: sequence)
                changed = true
            }
            rank += 1
        }
        if rank == wanted, rank == rows.count { return changed }
        merge(book, from: rank, to: wanted, sequence)
        return true
    }

    func changes(since base: UInt64, into levels: inout [Level]) {
        // A side may have rested since before the base; it has nothing to say then.
        guard base < map.sequence else { return }
        _ = map.changes(since: base) { price, quantity in
            levels.append(Level(price: price, quantity: quantity ?? .zero))
        }
    }

    func snapshot(into levels: inout [Level]) {
        for row in rows { levels.append(Level(price: map.key(at: row.slot), quantity: row.quantity)) }
    }

    /// Merges the old rows and the book's from `start` on, where their prices part.
    private mutating func merge(
        _ book: borrowing OrderBook, from start: Int, to wanted: Int, _ sequence: UInt64
    ) {
        var (old, rank) = (start, start)
        while old < rows.count || rank < wanted {
            let newKey = rank < wanted ? key(book, rank) : .min
            if old < rows.count, rank == wanted || rows[old].key > newKey {
                map.bury(rows[old].slot, at: sequence)
                old += 1
                continue
            }
            let quantity = book.quantity(side, rank)
            if old == rows.count || newKey > rows[old].key {
                let price = book.level(side, rank).price
                let slot = map.insert(price, quantity, at: sequence)
                merged.append(Row(key: newKey, slot: slot, quantity: quantity))
            } else {
                var row = rows[old]
                if row.quantity != quantity {
                    row.quantity = quantity
                    map.change(row.slot, to: quantity, at: sequence)
                }
                merged.append(row)
                old += 1
            }
            rank += 1
        }
        rows.removeSubrange(start...)
        rows.append(contentsOf: merged)
        merged.removeAll(keepingCapacity: true)
    }

    private func key(_ book: borrowing OrderBook, _ rank: Int) -> Int64 {
        let price = book.priceMantissa(side, rank)
        return side == .bid ? price : -price
    }

    /// Restates the keys at the book's new exponent. When a price has no key there, the book holds
    /// it no more and the rows start over: those that return are stamped once more, no harm done.
    private mutating func rescale(to exponent: Int, _ sequence: UInt64) {
        priceExponent = exponent
        for index in rows.indices {
            guard let key = map.key(at: rows[index].slot).mantissa(at: exponent) else {
                for row in rows { map.bury(row.slot, at: sequence) }
                return rows.removeAll(keepingCapacity: true)
            }
            rows[index].key = side == .bid ? key : -key
        }
    }
}
