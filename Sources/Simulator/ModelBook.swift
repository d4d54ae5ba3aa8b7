/// A price and what it holds, in units of 10⁻⁸.
package struct ModelLevel: Equatable, Sendable {
    package let price: Int64
    package var quantity: Int64
}

/// The model's own book. Invariant: sorted with the best level at the end, never crossed, no empty
/// level; `touchedBids` and `touchedAsks` name every price changed since they were last taken.
package struct ModelBook: Sendable {
    package private(set) var bids: [ModelLevel] = []
    package private(set) var asks: [ModelLevel] = []
    package var lastUpdateID: UInt64
    private var touchedBids: Set<Int64> = []
    private var touchedAsks: Set<Int64> = []

    package init(lastUpdateID: UInt64) { self.lastUpdateID = lastUpdateID }

    package var bestBid: ModelLevel { bids[bids.count - 1] }
    package var bestAsk: ModelLevel { asks[asks.count - 1] }

    package func level(isBid: Bool, rank: Int) -> ModelLevel {
        isBid ? bids[bids.count - 1 - rank] : asks[asks.count - 1 - rank]
    }

    package func quantity(isBid: Bool, price: Int64) -> Int64 {
        let side = isBid ? bids : asks
        let place = ModelBook.place(of: price, isBid: isBid, in: side)
        return place < side.count && side[place].price == price ? side[place].quantity : 0
    }

    /// Sets a level, quantity 0 removes it; one update id each.
    package mutating func set(isBid: Bool, price: Int64, quantity: Int64) {
        lastUpdateID += 1
        if isBid {
            precondition(quantity == 0 || asks.isEmpty || price < bestAsk.price)
            touchedBids.insert(price)
            ModelBook.set(price, quantity, isBid: true, in: &bids)
        } else {
            precondition(quantity == 0 || bids.isEmpty || price > bestBid.price)
            touchedAsks.insert(price)
            ModelBook.set(price, quantity, isBid: false, in: &asks)
        }
    }

    /// The changed levels with what they hold now, best first, and forgets that they changed.
    package mutating func takeTouched() -> (bids: [ModelLevel], asks: [ModelLevel]) {
        let bids = touchedBids.sorted(by: >).map {
            ModelLevel(price: $0, quantity: quantity(isBid: true, price: $0))
        }
        let asks = touchedAsks.sorted().map {
            ModelLevel(price: $0, quantity: quantity(isBid: false, price: $0))
        }
        touchedBids.removeAll(keepingCapacity: true)
        touchedAsks.removeAll(keepingCapacity: true)
        return (bids, asks)
    }

    private static func place(of price: Int64, isBid: Bool, in side: [ModelLevel]) -> Int {
        var (low, high) = (0, side.count)
        while low < high {
            let middle = (low + high) / 2
            let worse = isBid ? side[middle].price < price : side[middle].price > price
            if worse { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func set(
        _ price: Int64, _ quantity: Int64, isBid: Bool, in side: inout [ModelLevel]
    ) {
        let place = place(of: price, isBid: isBid, in: side)
        let found = place < side.count && side[place].price == price
        if quantity == 0 {
            if found { side.remove(at: place) }
        } else if found {
            side[place].quantity = quantity
        } else {
            side.insert(ModelLevel(price: price, quantity: quantity), at: place)
        }
    }
}

/// A number of 10⁻⁸ units as Binance writes it: `6183763000000` → `61837.63000000`.
package func fixedText(_ units: Int64) -> String {
    let (whole, fraction) = units.quotientAndRemainder(dividingBy: 100_000_000)
    let digits = String(fraction)
    return "\(whole)." + String(repeating: "0", count: 8 - digits.utf8.count) + digits
}
