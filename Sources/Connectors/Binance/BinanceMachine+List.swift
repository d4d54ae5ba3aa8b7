internal import Base
internal import JSON
internal import Market

extension BinanceMachine {
    /// The venue's list: symbols, and what it allows a minute. Anything but a list with symbols in
    /// it is an error that leaves what was known.
    mutating func receivedList(
        _ body: RawSpan, at now: Instant, into out: inout [FeedAction]
    ) throws(FeedError) {
        // A parser of its own: the list is large and rare, its memory is given back.
        let parser = JSONParser(bytesMax: 64 << 20, depthMax: 16)
        let message: JSONValue
        do throws(JSONError) {
            message = try parser.parse(body)
        } catch {
            throw .malformed(error)
        }
        guard let list = message["symbols"], list.isArray, list.count > 0 else {
            throw .badField(.symbols)
        }
        let listed = list.elements.compactMap { instrument($0) }
        guard !listed.isEmpty else { throw .badField(.symbols) }
        symbols.replace(with: listed)
        if let limit = Self.weightLimit(message["rateLimits"]) { weights.limitChanged(to: limit) }
        listFailures = 0
        listDueAt = now + limits.instrumentListInterval
        out.append(.instrumentsChanged)
        for instrument in instruments { compare(instrument, into: &out) }
    }

    /// Entries whose assets are outside of our alphabet cannot be named by anybody; they are left.
    private func instrument(_ entry: JSONValue) -> Instrument? {
        guard let name = entry["symbol"]?.text, let base = entry["baseAsset"]?.text,
            let quote = entry["quoteAsset"]?.text
        else { return nil }
        do throws(SymbolError) {
            return Instrument(
                venue: venue, symbol: try Symbol(base: base, quote: quote), venueSymbol: name,
                isTrading: entry["status"]?.equals("TRADING") ?? false)
        } catch {
            return nil
        }
    }

    /// REQUEST_WEIGHT per minute.
    private static func weightLimit(_ limits: JSONValue?) -> Int? {
        for limit in limits?.elements.map({ $0 }) ?? [] {
            guard limit["rateLimitType"]?.equals("REQUEST_WEIGHT") == true,
                limit["interval"]?.equals("MINUTE") == true, limit["intervalNum"]?.int64 == 1,
                let weight = limit["limit"]?.int64, weight > 0
            else { continue }
            return Int(weight)
        }
        return nil
    }

    private mutating func compare(_ instrument: BinanceInstrument, into out: inout [FeedAction]) {
        let isListed = symbols.instrument(instrument.symbol) != nil
        guard isListed != instrument.isListed else { return }
        instrument.isListed = isListed
        let (handle, connection) = (instrument.handle, instrument.connection)
        if isListed {
            if connections[connection].isOpen {
                connections[connection].unsubscribed.append(handle)
            }
            return
        }
        connections[connection].unsubscribed.removeAll { $0 == handle }
        waiting.removeAll { $0 == handle }
        instrument.disconnected(.unlisted, limits: limits, into: &out)
        out.append(.unlisted(handle))
    }
}
