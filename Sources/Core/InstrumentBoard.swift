package import Market
package import Schema
internal import Streams

/// The topics of one instrument at one venue: what its connector writes to.
package final class InstrumentBoard {
    package let venue: String
    package let symbol: Symbol
    package let tick: TickTopic
    package let trade: EventTopic
    package let aggregateTrade: EventTopic
    /// One per depth somebody asked for; the default depth always exists.
    package internal(set) var books: [BookTopic]

    /// - Parameter identities: of `names`.
    init(venue: String, symbol: Symbol, _ identities: [TopicIdentity], hub: Hub) {
        self.venue = venue
        self.symbol = symbol
        tick = TickTopic(identities[0], hub: hub)
        let book = BookTopic(
            identities[1], depth: TopicName.defaultDepth, isAlwaysKept: true, hub: hub)
        books = [book]
        trade = EventTopic(identities[2], hub: hub)
        aggregateTrade = EventTopic(identities[3], hub: hub)
        for topic in topics { hub.add(topic) }
    }

    /// Of the topics that every instrument has: tick, book, trade, aggregate trade.
    static func names(venue: String, symbol: Symbol) -> [String] {
        ["tick", "book", "trade", "aggtrade"].map { "\($0):\(venue):\(symbol)" }
    }

    /// What the topics show already, in the venue's numbers.
    package var heard: VenueIDs {
        let statuses: [(TopicKind, Status)] = [
            (.tick, tick.status), (.trade, trade.status), (.aggregateTrade, aggregateTrade.status),
        ]
        return VenueIDs(
            tick: tick.hasState ? tick.venueSequence : nil, trade: trade.newestVenueID,
            aggregateTrade: aggregateTrade.newestVenueID,
            live: Set(statuses.filter { $0.1 == .live }.map(\.0)))
    }

    package func setStatus(_ status: Status, of kind: TopicKind) {
        switch kind {
        case .tick: tick.setStatus(status)
        case .book: for book in books { book.setStatus(status) }
        case .trade: trade.setStatus(status)
        case .aggregateTrade: aggregateTrade.setStatus(status)
        case .bench: break
        }
    }

    package var topics: [Topic] { books + [tick, trade, aggregateTrade] }
}
