package import Market
package import Schema
package import Streams

/// What a client knows of one topic: its updates merged by the rules of Protos/market_data.proto.
///
///     no state ──snapshot──► merged ──delta──► merged
///         ▲                    │  └──snapshot──► merged (also of another epoch)
///         └──────forget────────┘
///
/// A delta (base, sequence] takes any state s with base ≤ s ≤ sequence to `sequence`; with
/// s ≥ sequence it is ignored; base > s, or another epoch, is a hole: `apply` throws, nothing has
/// changed, and the topic must be subscribed again without a position. An event topic has no
/// content here, only its position and status.
///
/// The content is true only while `isLive`.
package struct MergedState: Equatable, Sendable {
    package enum Outcome: Equatable, Sendable {
        case applied
        /// Known already.
        case ignored
    }

    /// As the client named it.
    package let topic: String
    package let kind: TopicKind
    /// Nil: no snapshot yet (state topics), not accepted yet (event topics).
    package private(set) var position: Position?
    package private(set) var status = Schema.Status.unspecified
    package private(set) var venueSequence: UInt64?
    /// Nanoseconds since 1970: venue's clock, gateway's socket, gateway's publication; of the last
    /// update that said so.
    package private(set) var eventTime: UInt64?
    package private(set) var receiveTime: UInt64?
    package private(set) var publishTime: UInt64?
    package private(set) var tick = MergedTick()
    package private(set) var bids = BookLevels(highestFirst: true)
    package private(set) var asks = BookLevels(highestFirst: false)

    /// A topic nothing is known of. A kind we do not know is treated as uninterpreted data.
    package init(topic: String) {
        self.topic = topic
        kind = TopicKind(rawValue: String(topic.prefix { $0 != ":" })) ?? .bench
    }

    /// Whether what is here is the venue's present state.
    package var isLive: Bool { position != nil && status == .live }

    /// The subscription began: its status counts, and unless it resumes ours, what we had is over.
    package mutating func accepted(_ accepted: AcceptedTopic) {
        status = accepted.status ?? .unspecified
        if kind.isState {
            if accepted.resumed != true { forget() }
        } else if position == nil, let epoch = accepted.epoch {
            let sequence = accepted.startSequence ?? accepted.sequence ?? 0
            position = Position(epoch: epoch, sequence: sequence)
        }
    }

    /// Back to before the first snapshot, or the first event.
    package mutating func forget() {
        position = nil
        venueSequence = nil
        clear()
    }

    /// Nobody tells us anything any more; what we have stays, and may be resumed.
    package mutating func disconnected() { status = .stale }

    /// Applies an update of this topic.
    package mutating func apply(_ update: Update) throws(MergeError) -> Outcome {
        kind.isState ? try applyState(update) : try applyEvent(update)
    }

    private mutating func applyState(_ update: Update) throws(MergeError) -> Outcome {
        guard let epoch = update.epoch, let sequence = update.sequence else {
            throw .positionMissing
        }
        if let base = update.baseSequence {
            guard let position, position.epoch == epoch, base <= position.sequence else {
                throw .hole(have: position, epoch: epoch, base: base)
            }
            if sequence <= position.sequence { return .ignored }
        }
        switch (kind, update.payload) {
        case (_, nil):
            if update.baseSequence == nil { clear() }
        case (.tick, .tick(let change)):
            tick = try (update.baseSequence == nil ? MergedTick() : tick).merged(with: change)
        case (.book, .book(let book)):
            let bidChanges = try Self.levels(book.bids)
            let askChanges = try Self.levels(book.asks)
            if update.baseSequence == nil { clear() }
            for level in bidChanges { bids.set(level) }
            for level in askChanges { asks.set(level) }
        default:
            throw .foreignPayload
        }
        if update.baseSequence == nil {
            // A snapshot replaces everything, also what it does not mention.
            (venueSequence, eventTime, receiveTime, publishTime) = (nil, nil, nil, nil)
        }
        advance(by: update, to: Position(epoch: epoch, sequence: sequence))
        return .applied
    }

    private mutating func applyEvent(_ update: Update) throws(MergeError) -> Outcome {
        var isRenewal = false
        switch update.payload {
        case .gap(let gap): isRenewal = gap.reason == .newEpoch
        case .trade(let trade): _ = try MergedTrade(trade)
        case .data, nil: break
        case .tick, .book, .subscribed, .rejected, .control: throw .foreignPayload
        }
        guard let epoch = update.epoch, let sequence = update.sequence else {
            throw .positionMissing
        }
        if !isRenewal, let position {
            let base = update.baseSequence ?? (sequence == 0 ? 0 : sequence - 1)
            guard position.epoch == epoch, base <= position.sequence else {
                throw .hole(have: position, epoch: epoch, base: base)
            }
            if sequence <= position.sequence { return .ignored }
        }
        advance(by: update, to: Position(epoch: epoch, sequence: sequence))
        return .applied
    }

    private mutating func advance(by update: Update, to position: Position) {
        self.position = position
        if let status = update.status { self.status = status }
        if let number = update.venueSequence { venueSequence = number }
        if let time = update.eventTime { eventTime = time }
        if let time = update.receiveTime { receiveTime = time }
        if let time = update.publishTime { publishTime = time }
    }

    private mutating func clear() {
        tick = MergedTick()
        bids.removeAll()
        asks.removeAll()
    }

    /// The changes of a side, all of them checked before any is applied.
    static func levels(_ side: Schema.BookSide?) throws(MergeError) -> [Level] {
        guard let side else { return [] }
        guard side.prices.count == side.quantities.count else {
            throw .columnsDiffer(prices: side.prices.count, quantities: side.quantities.count)
        }
        var levels: [Level] = []
        levels.reserveCapacity(side.prices.count)
        for index in side.prices.indices {
            levels.append(
                Level(
                    price: try Decimal(merging: side.prices[index], side.priceExponent),
                    quantity: try Decimal(merging: side.quantities[index], side.quantityExponent)))
        }
        return levels
    }
}

extension MergedTick {
    /// With the fields that the change carries; the others stay.
    func merged(with change: Schema.Tick) throws(MergeError) -> MergedTick {
        var tick = self
        if let mantissa = change.bidPrice {
            tick.bidPrice = try Decimal(merging: mantissa, change.priceExponent)
        }
        if let mantissa = change.bidQuantity {
            tick.bidQuantity = try Decimal(merging: mantissa, change.quantityExponent)
        }
        if let mantissa = change.askPrice {
            tick.askPrice = try Decimal(merging: mantissa, change.priceExponent)
        }
        if let mantissa = change.askQuantity {
            tick.askQuantity = try Decimal(merging: mantissa, change.quantityExponent)
        }
        return tick
    }
}
