package import Base
package import Market
internal import Schema
internal import Streams

/// All topics of the process: who they are, what they are called, and when they publish.
///
/// Confined to one loop. Topics are created when they are first named, by the configuration or by
/// a subscriber; a venue's connector is then asked to keep the instrument subscribed upstream.
package final class Hub {
    let turn: any LoopTurn
    package let metrics: HubMetrics
    package let limits: HubLimits
    private var topics: [String: Topic] = [:]
    private var lastNumber: UInt32 = 0
    private var boards: [String: [Symbol: InstrumentBoard]] = [:]
    private var venues: [String: any VenueConnector] = [:]
    private var dirty: [Topic] = []
    /// One per rate that somebody asked for; few, since most rates are presets.
    private var pacers: [Rate: Pacer] = [:]
    private var random: any RandomNumberGenerator
    /// Another one after each start of the process.
    package let server: UInt64
    package let startTime: Timestamp

    /// - Parameter random: where epochs come from.
    package init(
        turn: any LoopTurn, metrics: MetricRegistry, limits: HubLimits = HubLimits(),
        random: any RandomNumberGenerator = SystemRandomNumberGenerator()
    ) {
        self.turn = turn
        self.random = random
        self.metrics = HubMetrics(metrics)
        self.limits = limits
        server = Epoch.random(using: &self.random)
        startTime = turn.timestamp()
    }

    package func register(_ connector: any VenueConnector) {
        venues[connector.venue] = connector
        boards[connector.venue] = [:]
    }

    package var venueNames: [String] { venues.keys.sorted() }

    func connector(of board: InstrumentBoard) -> (any VenueConnector)? { venues[board.venue] }

    var allBoards: [InstrumentBoard] { boards.values.flatMap(\.values) }

    var allTopics: [Topic] { Array(topics.values) }

    package func instruments(of venue: String) -> [Market.Instrument]? {
        venues[venue]?.instruments
    }

    // MARK: Topics

    /// The topic a client names, created if need be.
    package func topic(named text: String) throws(TopicRefusal) -> Topic {
        // By its bytes: texts that are only canonically equal are no names, and nobody was asked
        // whether the caller may have what they would find.
        if let known = topics[text], known.name.utf8.elementsEqual(text.utf8) {
            return wanted(known)
        }
        let name: TopicName
        do throws(TopicNameError) {
            name = try TopicName(parsing: text)
        } catch {
            if case .unknownKind = error { throw TopicRefusal(.unknown, "\(error)") }
            throw TopicRefusal(.malformed, "\(error)")
        }
        if let known = topics[name.description] { return wanted(known) }
        guard let (venue, symbol) = name.instrument else {
            throw TopicRefusal(.unknown, "topic \"\(text)\" does not exist")
        }
        let board = try board(venue: venue, symbol: symbol)
        switch name {
        case .tick: return board.tick
        case .trade: return board.trade
        case .aggregateTrade: return board.aggregateTrade
        case .book(_, _, let depth):
            return try book(of: board, depth: depth, name: name.description)
        case .bench: throw TopicRefusal(.unknown, "topic \"\(text)\" does not exist")
        }
    }

    /// The topics of one instrument. Creating them asks the venue's connector for its streams.
    package func board(
        venue: String, symbol: Symbol
    ) throws(TopicRefusal) -> InstrumentBoard {
        if let known = boards[venue]?[symbol] { return known }
        guard let connector = venues[venue] else {
            throw TopicRefusal(
                .unknown,
                "venue \"\(venue)\" is not configured; configured: "
                    + venueNames.joined(separator: ", "))
        }
        if connector.lacks(symbol) {
            throw TopicRefusal(.unknown, "\(venue) does not list \(symbol)")
        }
        try reserve(topics: 4)
        let board = InstrumentBoard(venue: venue, symbol: symbol, hub: self, limits: limits)
        boards[venue]?[symbol] = board
        connector.demand(board)
        return board
    }

    private func book(
        of board: InstrumentBoard, depth: Int, name: String
    ) throws(TopicRefusal) -> BookTopic {
        if let known = board.books.first(where: { $0.depth == depth }) { return known }
        try reserve(topics: 1)
        let book = BookTopic(
            name: name, number: nextNumber(), depth: depth, isAlwaysKept: false, hub: self)
        book.board = board
        add(book)
        board.books.append(book)
        venues[board.venue]?.bookAdded(to: board)
        return book
    }

    /// A book that was forgotten because nobody wanted it is filled again.
    private func wanted(_ topic: Topic) -> Topic {
        if let book = topic as? BookTopic, book.wanted(), let board = book.board {
            venues[board.venue]?.bookAdded(to: board)
        }
        return topic
    }

    private func reserve(topics count: Int) throws(TopicRefusal) {
        guard topics.count + count <= limits.topicsMax else {
            throw TopicRefusal(
                .exhausted, "the server's limit of \(limits.topicsMax) topics is reached")
        }
    }

    /// A benchmark topic that exists from the start.
    package func addEventTopic(named name: String) -> EventTopic {
        let topic = EventTopic(
            name: name, number: nextNumber(), hub: self, eventsMax: limits.eventsPerTopicMax,
            fieldNames: .none)
        topic.setStatus(.live)
        add(topic)
        return topic
    }

    /// The venue's list lacks the instrument: its topics end, and their subscribers are told.
    package func dissolve(_ board: InstrumentBoard) {
        boards[board.venue]?[board.symbol] = nil
        for topic in board.topics {
            topics[topic.name] = nil
            topic.dissolve(
                telling: RejectedTopic(
                    name: topic.name, code: UInt32(TopicRefusal.Reason.unknown.rawValue),
                    message: "\(board.venue) does not list \(board.symbol)"))
        }
        metrics.topics.set(Int64(topics.count))
    }

    /// Numbers are never reused: a client may still hold the last one.
    func nextNumber() -> UInt32 {
        lastNumber += 1
        return lastNumber
    }

    func add(_ topic: Topic) {
        topics[topic.name] = topic
        metrics.topics.set(Int64(topics.count))
    }

    // MARK: Publishing

    func now() -> Timestamp { turn.timestamp() }

    func freshEpoch() -> UInt64 { Epoch.random(using: &random) }

    func schedulePublication(of topic: Topic) {
        if dirty.isEmpty { turn.atEndOfTurn { [unowned self] in publishDirty() } }
        dirty.append(topic)
    }

    /// The presets, and what else is in fashion.
    private static let idlePacersMax = 64

    /// The topic changed: its audience is told now if its rate allows, else with the next tick.
    func pace(_ audience: Audience, of topic: Topic) {
        guard !audience.isWaiting, let rate = audience.key.rate else { return }
        let now = turn.instant()
        if audience.pace.due(at: rate) <= now {
            if topic.tell(audience) { audience.pace.take(at: now, rate) }
        } else {
            pacer(of: rate).add(audience, of: topic)
        }
    }

    private func pacer(of rate: Rate) -> Pacer {
        if let known = pacers[rate] { return known }
        // Rates are the clients' choice; those that nobody waits for are not kept beyond a few.
        if pacers.count >= Self.idlePacersMax { pacers = pacers.filter { !$0.value.isIdle } }
        let pacer = Pacer(rate: rate, turn: turn)
        pacers[rate] = pacer
        return pacer
    }

    /// Publishes what would be published at the end of this turn.
    func publishNow() { publishDirty() }

    private func publishDirty() {
        var index = 0
        // Publishing may make further topics dirty: derived topics run in the same turn.
        while index < dirty.count {
            dirty[index].publishPending()
            index += 1
        }
        dirty.removeAll(keepingCapacity: true)
    }
}
