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

    init(venue: String, symbol: Symbol, hub: Hub, limits: HubLimits) {
        self.venue = venue
        self.symbol = symbol
        func name(_ kind: String) -> String { "\(kind):\(venue):\(symbol)" }
        func event(_ kind: String) -> EventTopic {
            let topic = EventTopic(
                name: name(kind), number: hub.nextNumber(), hub: hub,
                eventsMax: limits.eventsPerTopicMax)
            hub.add(topic)
            return topic
        }
        tick = TickTopic(name: name("tick"), number: hub.nextNumber(), hub: hub)
        hub.add(tick)
        let book = BookTopic(
            name: name("book"), number: hub.nextNumber(), depth: TopicName.defaultDepth,
            isAlwaysKept: true, hub: hub)
        hub.add(book)
        books = [book]
        trade = event("trade")
        aggregateTrade = event("aggtrade")
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
