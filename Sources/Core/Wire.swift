internal import Base
internal import Market
internal import Schema
internal import Streams

/// From market values to wire messages. Decimals of one message share their exponents: the
/// smallest that any of its values needs.
enum Wire {
    static func time(_ time: Timestamp) -> UInt64? {
        time == .unknown ? nil : UInt64(time.nanoseconds)
    }

    static func timestamp(_ time: UInt64?) -> Timestamp {
        time.flatMap { Int64(exactly: $0) }.map(Timestamp.init(nanoseconds:)) ?? .unknown
    }

    /// The way back from `tick`, of all fields; nil if one is missing.
    static func tick(_ tick: Schema.Tick) -> Market.Tick? {
        let (prices, quantities) = (tick.priceExponent ?? 0, tick.quantityExponent ?? 0)
        guard let bidPrice = decimal(tick.bidPrice, prices),
            let bidQuantity = decimal(tick.bidQuantity, quantities),
            let askPrice = decimal(tick.askPrice, prices),
            let askQuantity = decimal(tick.askQuantity, quantities)
        else { return nil }
        return Market.Tick(
            bidPrice: bidPrice, bidQuantity: bidQuantity, askPrice: askPrice,
            askQuantity: askQuantity)
    }

    private static func decimal(_ mantissa: Int64?, _ exponent: Int32) -> Decimal? {
        mantissa.flatMap { Decimal(exactly: $0, exponent: Int(exponent)) }
    }

    /// Whether two values can share an exponent. Real prices and quantities of one instrument
    /// always can; nonsense from a broken venue may not.
    static func share(_ first: Decimal, _ second: Decimal) -> Bool {
        let exponent = sharedExponent(first, second)
        return first.mantissa(at: exponent) != nil && second.mantissa(at: exponent) != nil
    }

    /// Only those fields.
    static func tick(_ tick: Market.Tick, _ fields: FieldSet) -> Schema.Tick {
        let bidPrice = fields.contains(.bidPrice) ? tick.bidPrice : nil
        let askPrice = fields.contains(.askPrice) ? tick.askPrice : nil
        let bidQuantity = fields.contains(.bidQuantity) ? tick.bidQuantity : nil
        let askQuantity = fields.contains(.askQuantity) ? tick.askQuantity : nil
        let price = sharedExponent(bidPrice, askPrice)
        let quantity = sharedExponent(bidQuantity, askQuantity)
        return Schema.Tick(
            bidPrice: bidPrice.map { mantissa($0, price) },
            bidQuantity: bidQuantity.map { mantissa($0, quantity) },
            askPrice: askPrice.map { mantissa($0, price) },
            askQuantity: askQuantity.map { mantissa($0, quantity) },
            priceExponent: bidPrice == nil && askPrice == nil ? nil : Int32(price),
            quantityExponent: bidQuantity == nil && askQuantity == nil ? nil : Int32(quantity))
    }

    static func trade(_ trade: Market.Trade) -> Schema.Trade {
        Schema.Trade(
            price: trade.price.mantissa, quantity: trade.quantity.mantissa, id: trade.id,
            side: side(trade.side), priceExponent: Int32(trade.price.exponent),
            quantityExponent: Int32(trade.quantity.exponent), firstID: trade.firstID,
            lastID: trade.lastID)
    }

    /// Only those fields, and the exponents they need.
    static func project(_ trade: Schema.Trade, _ fields: FieldSet) -> Schema.Trade {
        var part = Schema.Trade()
        if fields.contains(.price) {
            (part.price, part.priceExponent) = (trade.price, trade.priceExponent)
        }
        if fields.contains(.quantity) {
            (part.quantity, part.quantityExponent) = (trade.quantity, trade.quantityExponent)
        }
        if fields.contains(.id) { part.id = trade.id }
        if fields.contains(.side) { part.side = trade.side }
        if fields.contains(.firstID) { part.firstID = trade.firstID }
        if fields.contains(.lastID) { part.lastID = trade.lastID }
        return part
    }

    /// What a filter sees of a trade.
    static func filterValues(_ trade: Schema.Trade) -> FilterValues {
        let market: Market.Trade.Side =
            switch trade.side {
            case .buy: .buy
            case .sell: .sell
            case .unspecified, nil: .unknown
            }
        return FilterValues(
            price: decimal(trade.price, trade.priceExponent ?? 0),
            quantity: decimal(trade.quantity, trade.quantityExponent ?? 0), id: trade.id,
            firstID: trade.firstID, lastID: trade.lastID, side: market)
    }

    static func side(_ side: Market.Trade.Side) -> Schema.Side {
        switch side {
        case .buy: .buy
        case .sell: .sell
        case .unknown: .unspecified
        }
    }

    /// Nil: the numbers of one side cannot share an exponent. Those of a book can, together with
    /// prices that left it long ago perhaps not.
    static func book(
        _ change: BookChange, _ fields: FieldSet, isSnapshot: Bool
    ) -> Schema.Book? {
        guard let bids = side(change.bids), let asks = side(change.asks) else { return nil }
        let hasBids = fields.contains(.bids) && (isSnapshot || !change.bids.isEmpty)
        let hasAsks = fields.contains(.asks) && (isSnapshot || !change.asks.isEmpty)
        return Schema.Book(bids: hasBids ? bids : nil, asks: hasAsks ? asks : nil)
    }

    private static func side(_ levels: [Level]) -> BookSide? {
        var price = 0
        var quantity = 0
        for level in levels {
            price = min(price, Int(level.price.exponent))
            quantity = min(quantity, Int(level.quantity.exponent))
        }
        var side = BookSide(priceExponent: Int32(price), quantityExponent: Int32(quantity))
        side.prices.reserveCapacity(levels.count)
        side.quantities.reserveCapacity(levels.count)
        for level in levels {
            guard let shared = level.price.mantissa(at: price),
                let amount = level.quantity.mantissa(at: quantity)
            else { return nil }
            side.prices.append(shared)
            side.quantities.append(amount)
        }
        return side
    }

    private static func sharedExponent(_ first: Decimal?, _ second: Decimal?) -> Int {
        min(Int(first?.exponent ?? 0), Int(second?.exponent ?? 0), 0)
    }

    /// `value` at a common `exponent` that is not above its own. That it fits is checked where
    /// values come in, by `share`.
    private static func mantissa(_ value: Decimal, _ exponent: Int) -> Int64 {
        guard let mantissa = value.mantissa(at: exponent) else {
            preconditionFailure("\(value) does not fit at exponent \(exponent)")
        }
        return mantissa
    }
}
