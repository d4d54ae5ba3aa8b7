package import Base
package import Core
package import Market

/// Joins one venue's feed to the hub: what the feed learns goes to the boards of its instruments,
/// what subscribers want goes to the feed. Confined to the loop of both.
package final class VenueBridge: VenueConnector, FeedSink {
    package let venue: String
    private unowned let hub: Hub
    private var feed: (any VenueFeed)?
    private var symbols: SymbolTable
    /// By handle; nil once the venue turned out not to list the instrument.
    private var boards: [InstrumentBoard?] = []
    private var handles: [Symbol: Int] = [:]
    private var awaitingHandle: [Symbol: InstrumentBoard] = [:]
    private let log = Log("feed")

    package init(venue: String, hub: Hub) {
        self.venue = venue
        self.hub = hub
        symbols = SymbolTable(venue: venue)
    }

    /// The feed that writes here. Set once, before it starts.
    package func attach(_ feed: any VenueFeed) { self.feed = feed }

    // MARK: VenueConnector

    package var instruments: [Instrument] { symbols.sorted }

    package func lacks(_ symbol: Symbol) -> Bool { symbols.lacks(symbol) }

    package func demand(_ board: InstrumentBoard) {
        if let handle = handles[board.symbol] {
            boards[handle] = board
        } else {
            awaitingHandle[board.symbol] = board
        }
        feed?.demand(board.symbol)
    }

    package func bookAdded(to board: InstrumentBoard) {
        guard let handle = boards.firstIndex(where: { $0 === board }) else { return }
        feed?.repeatBook(handle)
    }

    package func inherited(_ board: InstrumentBoard) {
        guard let feed, let handle = handles[board.symbol] else { return }
        feed.resume(handle, after: board.heard)
        for kind in TopicKind.allCases where kind != .bench {
            board.setStatus(feed.status(of: handle, kind).onTheWire, of: kind)
        }
    }

    // MARK: FeedSink

    package func added(_ handle: Int, _ symbol: Symbol) {
        while boards.count <= handle { boards.append(nil) }
        handles[symbol] = handle
        boards[handle] = awaitingHandle.removeValue(forKey: symbol)
    }

    package func tick(
        _ handle: Int, _ tick: Tick, venueSequence: UInt64, eventTime: Timestamp,
        receiveTime: Timestamp
    ) {
        boards[handle]?.tick.apply(
            tick, venueSequence: venueSequence, eventTime: eventTime, receiveTime: receiveTime)
    }

    package func trade(
        _ handle: Int, _ trade: Trade, eventTime: Timestamp, receiveTime: Timestamp
    ) {
        boards[handle]?.trade.append(trade, eventTime: eventTime, receiveTime: receiveTime)
    }

    package func aggregateTrade(
        _ handle: Int, _ trade: Trade, eventTime: Timestamp, receiveTime: Timestamp
    ) {
        boards[handle]?.aggregateTrade.append(trade, eventTime: eventTime, receiveTime: receiveTime)
    }

    package func tradeGap(_ handle: Int, _ kind: TopicKind, from: UInt64, through: UInt64) {
        guard let board = boards[handle] else { return }
        let topic = kind == .trade ? board.trade : board.aggregateTrade
        topic.gap(from: from, to: through)
    }

    package func bookChanged(
        _ handle: Int, book: borrowing OrderBook, venueSequence: UInt64, eventTime: Timestamp,
        receiveTime: Timestamp
    ) {
        guard let board = boards[handle] else { return }
        for topic in board.books {
            topic.apply(
                book: book, venueSequence: venueSequence, eventTime: eventTime,
                receiveTime: receiveTime)
        }
    }

    package func status(
        _ handle: Int, _ kind: TopicKind, _ status: FeedStatus, _ reason: FeedReason
    ) {
        guard let board = boards[handle] else { return }
        log.debug(
            "status",
            [
                ("venue", venue), ("symbol", board.symbol.description), ("kind", kind.rawValue),
                ("status", "\(status)"), ("reason", reason.rawValue),
            ])
        board.setStatus(status.onTheWire, of: kind)
    }

    package func unlisted(_ handle: Int) {
        guard let board = boards[handle] else { return }
        boards[handle] = nil
        hub.dissolve(board)
    }

    package func instruments(_ instruments: [Instrument]) {
        symbols.replace(with: instruments)
        hub.listed(symbols)
    }
}
