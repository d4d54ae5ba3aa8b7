package import Base
internal import JSON
internal import Market

extension BinanceMachine {
    /// One text message of a connection. What it means is appended to `out`; what was wrong with
    /// it is thrown, after whatever had to be done about that was appended.
    package mutating func received(
        _ text: RawSpan, on connection: Int, at now: Instant, into out: inout [FeedAction]
    ) throws(FeedError) {
        connections[connection].heardAt = now
        // A message of a connection that we gave up crossed our closing of it.
        guard connections[connection].isOpen else { return }
        let message: JSONValue
        do throws(JSONError) {
            message = try parser.parse(text)
        } catch {
            throw .malformed(error)
        }
        guard let stream = message["stream"], let data = message["data"] else {
            try receivedControl(message, on: connection, at: now, into: &out)
            return
        }
        guard stream.isString else { throw .badField(.stream) }
        let target = stream.withBytes { name in locate(name) } ?? nil
        guard let (handle, kind) = target, instruments[handle].connection == connection else {
            if stream.equals("!serverShutdown") {
                giveUp(connection, .plannedReconnect, at: now, into: &out)
                return
            }
            throw .unknownStream
        }
        let instrument = instruments[handle]
        guard instrument.isListed else { throw .unknownStream }
        if !connections[connection].hasData { provedItself(connection) }
        try dispatch(kind, data, to: instrument, at: now, into: &out)
        counts.messages[Int(kind.rawValue)] &+= 1
    }

    /// The instrument and kind a stream's name stands for, straight from its bytes.
    private func locate(_ name: RawSpan) -> (Int, BinanceStream)? {
        var at = 0
        let count = name.byteCount
        while at < count, name.byte(at) != UInt8(ascii: "@") { at &+= 1 }
        guard let kind = BinanceStream.after(at, in: name), let handle = index.find(name, count: at)
        else { return nil }
        return (handle, kind)
    }

    private mutating func provedItself(_ connection: Int) {
        connections[connection].hasData = true
        connections[connection].backoff.succeeded()
    }

    private mutating func dispatch(
        _ kind: BinanceStream, _ data: JSONValue, to instrument: BinanceInstrument,
        at now: Instant, into out: inout [FeedAction]
    ) throws(FeedError) {
        switch kind {
        case .bookTicker: try receivedTick(data, of: instrument, into: &out)
        case .trade: try receivedTrade(data, of: instrument, into: &out)
        case .aggregateTrade: try receivedAggregate(data, of: instrument, into: &out)
        case .depth: try receivedDepth(data, of: instrument, at: now, into: &out)
        case .ticker:
            try expect(data, "24hrTicker", instrument)
            _ = try data.decimal("c", .price)
        case .candle:
            try expect(data, "kline", instrument)
            guard let candle = data["k"], candle.isObject else { throw .badField(.candle) }
            _ = try candle.decimal("c", .price)
        }
        instrument.heard |= kind.bit
    }

    // MARK: Tick

    private mutating func receivedTick(
        _ data: JSONValue, of instrument: BinanceInstrument, into out: inout [FeedAction]
    ) throws(FeedError) {
        try expectSymbol(data, instrument)
        let updateID = try data.number("u", .updateID)
        let tick = Tick(
            bidPrice: try data.decimal("b", .price), bidQuantity: try data.decimal("B", .quantity),
            askPrice: try data.decimal("a", .price), askQuantity: try data.decimal("A", .quantity))
        guard !tick.bidPrice.isNegative, !tick.askPrice.isNegative else { throw .badField(.price) }
        guard !tick.bidQuantity.isNegative, !tick.askQuantity.isNegative else {
            throw .badField(.quantity)
        }
        guard instrument.tickIDs.increasing(updateID) == .next else {
            counts.repeated &+= 1
            return
        }
        // The status first: a topic that cannot tell this tick makes itself stale again.
        instrument.set(.tick, .live, .started, into: &out)
        out.append(.tick(instrument.handle, tick, venueSequence: updateID))
    }

    // MARK: Trades

    private mutating func receivedTrade(
        _ data: JSONValue, of instrument: BinanceInstrument, into out: inout [FeedAction]
    ) throws(FeedError) {
        try expect(data, "trade", instrument)
        let trade = try Self.trade(data, idKey: "t")
        let time = try Self.time(data, "T")
        let verdict = instrument.tradeIDs.contiguous(trade.id)
        guard judge(verdict, .trade, of: instrument, into: &out) else { return }
        out.append(.trade(instrument.handle, trade, eventTime: time))
    }

    private mutating func receivedAggregate(
        _ data: JSONValue, of instrument: BinanceInstrument, into out: inout [FeedAction]
    ) throws(FeedError) {
        try expect(data, "aggTrade", instrument)
        var trade = try Self.trade(data, idKey: "a")
        trade.firstID = try data.number("f", .tradeID)
        trade.lastID = try data.number("l", .tradeID)
        let time = try Self.time(data, "T")
        let verdict = instrument.aggregateIDs.contiguous(trade.id)
        guard judge(verdict, .aggregateTrade, of: instrument, into: &out) else { return }
        out.append(.aggregateTrade(instrument.handle, trade, eventTime: time))
    }

    /// Announces holes and liveness; false when the event is a repeat.
    private mutating func judge(
        _ verdict: SequenceGuard.Verdict, _ kind: TopicKind, of instrument: BinanceInstrument,
        into out: inout [FeedAction]
    ) -> Bool {
        switch verdict {
        case .older:
            counts.repeated &+= 1
            return false
        case .hole(let from, let through):
            counts.tradeGaps &+= 1
            out.append(.tradeGap(instrument.handle, kind, from: from, through: through))
        case .next: break
        }
        instrument.set(kind, .live, .started, into: &out)
        return true
    }

    private static func trade(
        _ data: JSONValue, idKey: StaticString
    ) throws(FeedError) -> Trade {
        let price = try data.decimal("p", .price)
        let quantity = try data.decimal("q", .quantity)
        guard !price.isNegative else { throw .badField(.price) }
        guard !quantity.isNegative else { throw .badField(.quantity) }
        guard let buyerIsMaker = data["m"]?.bool else { throw .badField(.side) }
        return Trade(
            id: try data.number(idKey, .tradeID), price: price, quantity: quantity,
            side: buyerIsMaker ? .sell : .buy)
    }

    // MARK: Checks

    /// A time in milliseconds, or in microseconds if it is too large for that.
    static func time(_ data: JSONValue, _ key: StaticString) throws(FeedError) -> Timestamp {
        let time = try data.number(key, .time)
        // The year 5138 in milliseconds, 1973 in microseconds.
        let unit: UInt64 = time < 100_000_000_000_000 ? 1_000_000 : 1000
        let (nanoseconds, overflow) = time.multipliedReportingOverflow(by: unit)
        guard !overflow, nanoseconds <= UInt64(Int64.max) else { throw .badField(.time) }
        return Timestamp(nanoseconds: Int64(nanoseconds))
    }

    func expect(
        _ data: JSONValue, _ event: StaticString, _ instrument: BinanceInstrument
    ) throws(FeedError) {
        guard let name = data["e"], name.equals(event) else { throw .badField(.event) }
        try expectSymbol(data, instrument)
    }

    /// The payload's symbol is the stream's in capitals.
    func expectSymbol(
        _ data: JSONValue, _ instrument: BinanceInstrument
    ) throws(FeedError) {
        guard let symbol = data["s"] else { throw .badField(.symbol) }
        let isSame = symbol.withBytes { bytes in
            guard bytes.byteCount == instrument.streamSymbol.count else { return false }
            for offset in 0..<bytes.byteCount
            where bytes.byte(offset) | 0x20 != instrument.streamSymbol[offset] | 0x20 {
                return false
            }
            return true
        }
        guard let isSame else { throw .badField(.symbol) }
        if !isSame { throw .wrongInstrument }
    }
}
