package import JSON

extension TapeBook {
    /// A book from the body of a depth answer; nil when the body is not one.
    package init?(snapshot: JSONValue) {
        guard let lastUpdateID = snapshot["lastUpdateId"]?.uint64,
            let bids = snapshot["bids"], let asks = snapshot["asks"]
        else { return nil }
        self.init()
        guard apply(bids: bids, asks: asks) else { return nil }
        self.lastUpdateID = lastUpdateID
    }

    /// Sets the levels of one diff; false when one of them cannot be read.
    package mutating func apply(bids: JSONValue, asks: JSONValue) -> Bool {
        guard bids.isArray, asks.isArray else { return false }
        for pair in bids.elements {
            guard let (level, isEmpty) = TapeBook.level(pair) else { return false }
            setBid(level, isEmpty: isEmpty)
        }
        for pair in asks.elements {
            guard let (level, isEmpty) = TapeBook.level(pair) else { return false }
            setAsk(level, isEmpty: isEmpty)
        }
        return true
    }

    private static func level(_ pair: JSONValue) -> (TapeLevel, isEmpty: Bool)? {
        guard let priceText = pair[0]?.text, let quantityText = pair[1]?.text,
            let price = Digits(priceText)
        else { return nil }
        let isEmpty = quantityText.utf8.allSatisfy {
            $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".")
        }
        let level = TapeLevel(price: price, priceText: priceText, quantityText: quantityText)
        return (level, isEmpty)
    }
}
