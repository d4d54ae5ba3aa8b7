package import Base
internal import JSON
internal import Market

extension BinanceMachine {
    /// Weight of the instrument list.
    private static let listWeight = 20
    /// Requests under way at once: enough for a thousand books in a minute.
    private static let requestsMax = 16

    // MARK: Asking

    mutating func askForList(at now: Instant, into out: inout [FeedAction]) {
        guard let dueAt = listDueAt, dueAt <= now, weights.take(Self.listWeight, at: now) else {
            return
        }
        listDueAt = nil
        ask("/api/v3/exchangeInfo", .instrumentList, weight: Self.listWeight, into: &out)
    }

    /// Asks for the snapshots that are due, the oldest wish first, as far as the budget goes.
    mutating func askForSnapshots(at now: Instant, into out: inout [FeedAction]) {
        var place = 0
        while place < waiting.count, requests.count < Self.requestsMax {
            let instrument = instruments[waiting[place]]
            if let due = instrument.snapshotDue(limits: limits), now < due {
                place += 1
                continue
            }
            let (limit, weight) = snapshotSize(at: now)
            guard weights.take(weight, at: now) else { return }
            waiting.remove(at: place)
            counts.snapshotsAsked += 1
            let path = "/api/v3/depth?symbol=\(instrument.venueSymbol)&limit=\(limit)"
            let purpose = Request.Purpose.snapshot(instrument: instrument.handle, limit: limit)
            let number = ask(path, purpose, weight: weight, into: &out)
            instrument.snapshotAsked(request: number, at: now, limits: limits)
        }
    }

    /// The deepest snapshot where there is plenty for all who wait; a shallow one, good enough for
    /// what subscribers see, only where deep ones would keep many books waiting.
    private mutating func snapshotSize(at now: Instant) -> (limit: Int, weight: Int) {
        if weights.isPlentiful(for: 250 * waiting.count, at: now) { return (5000, 250) }
        let isShort = waiting.count > 1 && weights.available(at: now) < 50 * waiting.count
        return isShort ? (500, 25) : (1000, 50)
    }

    @discardableResult
    private mutating func ask(
        _ path: String, _ purpose: Request.Purpose, weight: Int, into out: inout [FeedAction]
    ) -> Int {
        requestsMade += 1
        requests.append(Request(number: requestsMade, purpose: purpose, weight: weight))
        out.append(.get(request: requestsMade, path: path))
        return requestsMade
    }

    // MARK: Answers

    /// An answer came. `usedWeight` is `X-MBX-USED-WEIGHT-1M`, `retryAfter` is `Retry-After`.
    package mutating func responded(
        to number: Int, status: Int, retryAfter: Duration?, usedWeight: Int?, body: RawSpan,
        at now: Instant, into out: inout [FeedAction]
    ) throws(FeedError) {
        guard let request = take(number) else { return }
        switch status {
        case 200:
            weights.answered(weight: request.weight, usedByVenue: usedWeight, at: now)
        case 418, 429:
            counts.requestsLimited += 1
            weights.refused(
                weight: request.weight, isBan: status == 418, retryAfter: retryAfter, at: now)
        default:
            weights.answered(weight: request.weight, usedByVenue: usedWeight, at: now)
        }
        do throws(FeedError) {
            guard status == 200 else { throw .requestRefused(status: status) }
            switch request.purpose {
            case .instrumentList: try receivedList(body, at: now, into: &out)
            case .snapshot(let handle, let limit):
                try receivedSnapshot(body, limit, of: instruments[handle], at: now, into: &out)
            }
        } catch {
            failed(request, at: now)
            advance(at: now, into: &out)
            throw error
        }
        advance(at: now, into: &out)
    }

    /// No answer came: connection refused, cut or too slow.
    package mutating func requestFailed(
        _ number: Int, at now: Instant, into out: inout [FeedAction]
    ) {
        guard let request = take(number) else { return }
        weights.unanswered(weight: request.weight)
        failed(request, at: now)
        advance(at: now, into: &out)
    }

    private mutating func take(_ number: Int) -> Request? {
        guard let place = requests.firstIndex(where: { $0.number == number }) else { return nil }
        let request = requests.remove(at: place)
        if case .snapshot(let handle, _) = request.purpose {
            instruments[handle].snapshotNeed = .none
        }
        return request
    }

    private mutating func failed(_ request: Request, at now: Instant) {
        switch request.purpose {
        case .instrumentList:
            let wait = limits.instrumentListRetry * (1 << min(listFailures, 10))
            listFailures += 1
            listDueAt = now + min(wait, limits.instrumentListInterval)
        case .snapshot(let handle, _):
            if instruments[handle].sync.state != .live { wantSnapshot(of: instruments[handle]) }
        }
    }

    private mutating func receivedSnapshot(
        _ body: RawSpan, _ limit: Int, of instrument: BinanceInstrument, at now: Instant,
        into out: inout [FeedAction]
    ) throws(FeedError) {
        let message: JSONValue
        do throws(JSONError) {
            message = try parser.parse(body)
        } catch {
            throw .malformed(error)
        }
        let updateID = try message.number("lastUpdateId", .lastUpdateID)
        guard let bids = message["bids"], bids.isArray else { throw .badField(.bids) }
        guard let asks = message["asks"], asks.isArray else { throw .badField(.asks) }
        var isReadable = true
        if instrument.sync.beginSnapshot(lastUpdateID: updateID) != .ignore {
            instrument.coverage = BinanceCoverage(bids: bids, asks: asks, limit: limit)
            isReadable =
                Self.apply(bids, .bid, to: &instrument.sync)
                && Self.apply(asks, .ask, to: &instrument.sync)
        }
        follow(instrument.sync.endSnapshot(), of: instrument, .unknown, at: now, into: &out)
        if !isReadable { throw .badField(.bids) }
    }
}
