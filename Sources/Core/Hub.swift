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
    package let directory: TopicDirectory
    var loops: LoopRole
    private var topics: [String: Topic] = [:]
    var boards: [String: [Symbol: InstrumentBoard]] = [:]
    var venues: [String: any VenueConnector] = [:]
    private var dirty: [Topic] = []
    /// In which the frames of one publication are put together, and events that were read for them.
    /// Empty in between, their memory is kept: one for all topics, so that it stays in the cache.
    let frames = OutputBuffer()
    var readEvents: [EventTopic.Event] = []
    /// One per rate that somebody asked for; few, since most rates are presets.
    private var pacers: [Rate: Pacer] = [:]
    let sending: SendStage
    /// Nil: nobody is sent compressed frames.
    var compression: FrameCompression?
    let sharedCatchUps: SharedCatchUps
    /// Of the topics that this hub owns.
    var historyBudget: HistoryBudget
    /// Sessions with somebody who is behind.
    var waiting: [ObjectIdentifier: (session: Session, since: Instant)] = [:]

    /// The hub that owns all topics.
    /// - Parameter random: where epochs come from.
    package convenience init(
        turn: any LoopTurn, metrics: MetricRegistry, limits: HubLimits = HubLimits(),
        random: sending any RandomNumberGenerator = SystemRandomNumberGenerator()
    ) {
        self.init(
            turn: turn, metrics: metrics, limits: limits,
            TopicDirectory(startTime: turn.timestamp(), random: random), .owner(TopicOwner()),
            loop: 0)
    }

    init(
        turn: any LoopTurn, metrics: MetricRegistry, limits: HubLimits,
        _ directory: TopicDirectory, _ loops: LoopRole, loop: Int
    ) {
        self.turn = turn
        self.metrics = HubMetrics(metrics, loop: loop)
        sending = SendStage(turn, self.metrics.sent)
        sharedCatchUps = SharedCatchUps(bytesMax: limits.sharedCatchUpBytesMax, turn: turn)
        historyBudget = HistoryBudget(bytesMax: limits.eventBytesMax)
        self.limits = limits
        self.directory = directory
        self.loops = loops
    }

    /// Another one after each start of the process.
    package var server: UInt64 { directory.server }
    package var startTime: Timestamp { directory.startTime }

    package func register(_ connector: any VenueConnector) {
        venues[connector.venue] = connector
        boards[connector.venue] = [:]
        relay { .listed(SymbolTable(venue: connector.venue)) }
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
        let name = try Self.parse(text)
        if let known = topics[name.description] { return wanted(known) }
        return try make(name, text)
    }

    static func parse(_ text: String) throws(TopicRefusal) -> TopicName {
        do throws(TopicNameError) {
            return try TopicName(parsing: text)
        } catch {
            if case .unknownKind = error { throw TopicRefusal(.unknown, "\(error)") }
            throw TopicRefusal(.malformed, "\(error)")
        }
    }

    /// A topic that this hub does not have.
    func make(_ name: TopicName, _ text: String) throws(TopicRefusal) -> Topic {
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
        let identities = try identities(
            of: InstrumentBoard.names(venue: venue, symbol: symbol),
            in: .instrument(venue: venue, symbol))
        let board = addBoard(venue, symbol, identities)
        connector.demand(board)
        return board
    }

    @discardableResult
    func addBoard(
        _ venue: String, _ symbol: Symbol, _ identities: [TopicIdentity]
    ) -> InstrumentBoard {
        let board = InstrumentBoard(venue: venue, symbol: symbol, identities, hub: self)
        boards[venue]?[symbol] = board
        relay { .instrument(venue: venue, symbol: symbol, identities) }
        return board
    }

    private func book(
        of board: InstrumentBoard, depth: Int, name: String
    ) throws(TopicRefusal) -> BookTopic {
        if let known = board.books.first(where: { $0.depth == depth }) { return known }
        let group = TopicGroup.instrument(venue: board.venue, board.symbol)
        let book = addBook(try identities(of: [name], in: group)[0], depth: depth, to: board)
        venues[board.venue]?.bookAdded(to: board)
        return book
    }

    @discardableResult
    func addBook(
        _ identity: TopicIdentity, depth: Int, to board: InstrumentBoard
    ) -> BookTopic {
        let book = BookTopic(identity, depth: depth, isAlwaysKept: false, hub: self)
        book.board = board
        add(book)
        board.books.append(book)
        relay { .added(identity) }
        return book
    }

    /// A book that was forgotten because nobody wanted it is filled again.
    private func wanted(_ topic: Topic) -> Topic {
        guard let book = topic as? BookTopic else { return topic }
        if !ownsTopics {
            if book.isWorthTelling() { askOwner(for: book) }
        } else if book.wanted(), let board = book.board {
            venues[board.venue]?.bookAdded(to: board)
        }
        return topic
    }

    private func identities(
        of names: [String], in group: TopicGroup
    ) throws(TopicRefusal) -> [TopicIdentity] {
        guard
            let identities = directory.identities(
                of: names, in: group, topicsMax: limits.topicsMax)
        else {
            throw TopicRefusal(
                .exhausted, "the server's limit of \(limits.topicsMax) topics is reached")
        }
        return identities
    }

    /// A benchmark topic that exists from the start.
    package func addEventTopic(named name: String) -> EventTopic {
        let known = directory.identities(of: [name], in: .alone(name), topicsMax: .max)
        guard let identity = known?.first else { preconditionFailure("there is no bound") }
        let topic = addEventTopic(identity)
        topic.setStatus(.live)
        return topic
    }

    @discardableResult
    func addEventTopic(_ identity: TopicIdentity) -> EventTopic {
        let topic = EventTopic(identity, hub: self, fieldNames: .none)
        add(topic)
        relay { .added(identity) }
        return topic
    }

    /// The venue's list lacks the instrument: its topics end, and their subscribers are told.
    package func dissolve(_ board: InstrumentBoard) {
        let reason = TopicRefusal(.unknown, "\(board.venue) does not list \(board.symbol)")
        directory.forget(.instrument(venue: board.venue, board.symbol))
        relay { .dissolved(venue: board.venue, symbol: board.symbol, reason) }
        dissolve(board, reason)
    }

    func dissolve(_ board: InstrumentBoard, _ reason: TopicRefusal) {
        boards[board.venue]?[board.symbol] = nil
        for topic in board.topics {
            if ownsTopics, let events = topic as? EventTopic {
                historyBudget.remove(events)
            }
            topics[topic.name] = nil
            loops.forget(topic)
            topic.dissolve(telling: reason.message(of: topic.name))
        }
        noteCount()
    }

    func add(_ topic: Topic) {
        topics[topic.name] = topic
        if ownsTopics, let events = topic as? EventTopic { historyBudget.add(events) }
        loops.note(topic)
        noteCount()
    }

    private func noteCount() {
        if ownsTopics { metrics.topics.set(Int64(topics.count)) }
    }

    /// The topic a client names, if there is one; nobody is asked for it.
    func knownTopic(named text: String) -> Topic? {
        topics[text] ?? (try? Self.parse(text)).flatMap { topics[$0.description] }
    }

    // MARK: Publishing

    func now() -> Timestamp { turn.timestamp() }

    func freshEpoch() -> UInt64 { directory.freshEpoch() }

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

    /// More is given back when a turn's publications are done.
    private static let framesKept = 65536

    /// Publishes what would be published at the end of this turn.
    func publishNow() { publishDirty() }

    private func publishDirty() {
        if dirty.isEmpty { return }
        relayTogether {
            var index = 0
            // Publishing may make further topics dirty: derived topics run in the same turn.
            while index < dirty.count {
                dirty[index].publishPending()
                index += 1
            }
        }
        dirty.removeAll(keepingCapacity: true)
        frames.release(above: Self.framesKept)
        heedHistoryBudget()
    }
}
