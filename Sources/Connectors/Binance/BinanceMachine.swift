package import Base
package import Core
internal import JSON
package import Market

/// Binance spot's market data, and Binance.US's, which is the same under another name: what to
/// send, what to ask for and what the answers mean.
///
/// Pure: bytes, answers and the time come in, actions come out in the caller's array. Owns every
/// instrument's book, the connections' rules and the venue's request budget. Bounds: 1,024 streams
/// a connection, one request a book under way, messages as long as the parser's limit. A message
/// of a live book, a tick or a trade allocates nothing.
///
/// Streams and what they mean: `BinanceStream`. Numbers stay decimal digits all the way.
package struct BinanceMachine: ~Copyable {
    /// What a request under way is for.
    struct Request: Equatable {
        enum Purpose: Equatable {
            case instrumentList
            case snapshot(instrument: Int, limit: Int)
        }
        var number: Int
        var purpose: Purpose
        var weight: Int
    }

    package let venue: String
    package let limits: BinanceLimits
    package internal(set) var symbols: SymbolTable
    package internal(set) var counts = BinanceCounts()

    var instruments: [BinanceInstrument] = []
    var index = SymbolIndex()
    var connections: [BinanceConnection] = []
    var weights = WeightBudget()
    var attempts = AttemptBudget()
    var random: SeededRandom
    let parser: JSONParser

    var requests: [Request] = []
    var requestsMade = 0
    var subscribesMade: Int64 = 0
    /// Instruments whose book needs a snapshot, the one waiting longest first.
    var waiting: [Int] = []
    /// Instruments confirmed but not yet checked for silent streams.
    var unchecked: [Int] = []
    /// Instruments that go on where a predecessor stopped, until then.
    var resumed: [Int] = []
    var settleAt: Instant?
    var listDueAt: Instant?
    var listFailures = 0

    /// `seed` varies the waits between reconnections.
    package init(venue: String, limits: BinanceLimits = BinanceLimits(), seed: UInt64) {
        self.venue = venue
        self.limits = limits
        symbols = SymbolTable(venue: venue)
        random = SeededRandom(seed: seed)
        parser = JSONParser(bytesMax: limits.messageBytesMax, depthMax: 16)
    }

    package var instrumentCount: Int { instruments.count }
    package var connectionCount: Int { connections.count }

    /// One line for logs.
    package var summary: String {
        let open = connections.count { $0.isOpen }
        let live = instruments.count { $0.bookStatus == .live }
        return "\(venue): \(open)/\(connections.count) connections, \(live)/\(instruments.count) "
            + "books live, \(waiting.count) awaiting snapshots, \(requests.count) requests"
    }

    /// Whether the venue is connected. O(connections).
    package var connectivity: FeedConnectivity {
        var result = FeedConnectivity.idle
        for connection in connections
        where connection.instruments.contains(where: { instruments[$0].isListed }) {
            switch connection.state {
            case .open: return .live
            case .opening: result = .connecting
            case .closed where result == .idle:
                result = counts.connectionsLost == 0 ? .connecting : .lost
            case .closed: break
            }
        }
        return result
    }

    package func symbol(of instrument: Int) -> Symbol { instruments[instrument].symbol }

    package func status(of instrument: Int, _ kind: TopicKind) -> FeedStatus {
        instruments[instrument].status(of: kind)
    }

    /// Lends an instrument's book. True at the sequence of its last `.book` action as long as its
    /// status is live.
    package func withBook<Result>(
        of instrument: Int, _ body: (borrowing OrderBook) -> Result
    ) -> Result {
        body(instruments[instrument].sync.book)
    }

    // MARK: Verbs

    /// Says again what an instrument's book is, if it is in sync: somebody new wants it.
    package mutating func repeatBook(of instrument: Int, into out: inout [FeedAction]) {
        let known = instruments[instrument]
        guard known.sync.state == .live else { return }
        out.append(
            .book(instrument, venueSequence: known.sync.updateID, eventTime: .unknown))
    }

    /// Everything up to those ids is known to whoever gets the actions, from a predecessor that
    /// heard the same streams. What it showed live is live here once the subscription is confirmed,
    /// though the stream may have been silent since.
    package mutating func resume(
        _ handle: Int, after ids: VenueIDs, at now: Instant, into out: inout [FeedAction]
    ) {
        let instrument = instruments[handle]
        if let id = ids.trade { instrument.tradeIDs.skip(through: id) }
        if let id = ids.aggregateTrade { instrument.aggregateIDs.skip(through: id) }
        if let id = ids.tick { instrument.tickIDs.skip(through: id) }
        if instrument.confirmedAt != nil {
            for (stream, kind) in BinanceStream.topics where ids.live.contains(kind) {
                instrument.heard |= stream.bit
                instrument.set(kind, .live, .started, into: &out)
            }
        }
        resumed.append(handle)
        settleAt = now + limits.resumeSettle
        repeatBook(of: handle, into: &out)
    }

    /// Streams had time to come up to what a predecessor knew. Those that have not count anew, and
    /// what they said meanwhile was told to nobody.
    private mutating func settleResumed(at now: Instant, into out: inout [FeedAction]) {
        guard let due = settleAt, now >= due else { return }
        settleAt = nil
        for handle in resumed {
            let instrument = instruments[handle]
            _ = instrument.tickIDs.settle()
            if let lost = instrument.tradeIDs.settle() {
                lose(lost, .trade, of: instrument, into: &out)
            }
            if let lost = instrument.aggregateIDs.settle() {
                lose(lost, .aggregateTrade, of: instrument, into: &out)
            }
        }
        resumed = []
    }

    private mutating func lose(
        _ ids: ClosedRange<UInt64>, _ kind: TopicKind, of instrument: BinanceInstrument,
        into out: inout [FeedAction]
    ) {
        counts.tradeGaps &+= 1
        out.append(
            .tradeGap(instrument.handle, kind, from: ids.lowerBound, through: ids.upperBound))
    }

    /// Begins: asks for the instrument list. Instruments may be demanded before and after.
    package mutating func start(at now: Instant, into out: inout [FeedAction]) {
        listDueAt = now
        advance(at: now, into: &out)
    }

    /// Wants an instrument from now on; the same one again is a no-op. Returns its handle, counted
    /// up from 0. Until the list is known the venue's spelling is guessed.
    package mutating func demand(
        _ symbol: Symbol, at now: Instant, into out: inout [FeedAction]
    ) -> Int {
        let venueSymbol = symbols.venueSymbol(symbol)
        let spelling = venueSymbol ?? symbol.base + symbol.quote
        let handle = index.insert(Array(spelling.lowercased().utf8))
        if handle == instruments.count {
            let connection = connectionWithRoom(at: now)
            let instrument = BinanceInstrument(
                handle: handle, symbol: symbol, venueSymbol: spelling, connection: connection,
                limits: limits)
            instrument.isListed = venueSymbol != nil
            instruments.append(instrument)
            connections[connection].instruments.append(handle)
            if connections[connection].isOpen && instrument.isListed {
                connections[connection].unsubscribed.append(handle)
            }
        }
        if !instruments[handle].isListed { out.append(.unlisted(handle)) }
        advance(at: now, into: &out)
        return handle
    }

    /// Time passed: does whatever is due. To be called at least every 100 ms.
    package mutating func tick(at now: Instant, into out: inout [FeedAction]) {
        advance(at: now, into: &out)
    }

    mutating func advance(at now: Instant, into out: inout [FeedAction]) {
        for connection in connections.indices { advance(connection, at: now, into: &out) }
        settleResumed(at: now, into: &out)
        checkStarts(at: now, into: &out)
        askForList(at: now, into: &out)
        askForSnapshots(at: now, into: &out)
    }
}
