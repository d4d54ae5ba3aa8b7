import Base
import Core
import Schema
import Streams

/// One topic as one subscriber of one stream sees it, by README's three rules, and what every
/// update must be.
final class TopicView {
    enum Expectation: Equatable {
        case anything
        /// What comes first replaces everything.
        case snapshot
        /// Likewise, once something changes.
        case change
        /// What comes first is a gap: with an unknown number of events, or up to this sequence at
        /// least.
        case lostEpoch
        case gap(to: UInt64)
    }

    /// As the topic calls itself, however the client did.
    let name: String
    let number: UInt32
    let isState: Bool
    private let world: World
    private(set) var wish: Wish
    /// Nil: nothing was sent yet that a position could be of.
    private(set) var position: Position?
    private(set) var state = ShownState()
    private var expectation: Expectation
    private var rateCheck: RateCheck?
    /// Nil: what was sent may have had to wait.
    private let link: Link?
    /// Times at which something came, since the rate is what it is.
    private var toldCount = 0
    private var toldAt: Instant?
    private var toldSince: Instant

    init(
        _ name: String, _ number: UInt32, wish: Wish, at position: Position?,
        expects expectation: Expectation, link: Link?, since: Instant, _ world: World
    ) {
        (self.number, self.wish, self.world) = (number, wish, world)
        self.name = world.plan.topicName(name)
        isState = name.hasPrefix("tick:") || name.hasPrefix("book:")
        (self.position, self.expectation, self.link) = (position, expectation, link)
        rateCheck = wish.rateCheck
        toldSince = since
        if isState, let position {
            // What a subscriber keeps who remembers a position.
            let kept = world.truth.state(of: self.name, at: position)
            require(kept != nil, .state, "resumed at \(position), which never was")
            state = (kept ?? ShownState()).projected(fields)
        }
    }

    private var fields: Set<Field>? { wish.fields(of: name) }

    private func require(
        _ holds: Bool, _ invariant: Invariant, _ text: @autoclosure () -> String
    ) {
        world.judge.require(holds, invariant, "\(name) (\(number)): \(text())")
    }

    // MARK: Updates

    func received(_ update: Update, sentAt: Instant) {
        guard let epoch = update.epoch, let sequence = update.sequence else {
            return require(false, .order, "an update without a position: \(update)")
        }
        let next = Position(epoch: epoch, sequence: sequence)
        if isState { received(update, to: next) } else { receivedEvent(update, to: next) }
        judgeRate(sentAt)
        expectation = .anything
    }

    private func received(_ update: Update, to next: Position) {
        if let base = update.baseSequence {
            world.tally.deltas += 1
            guard let position, position.epoch == next.epoch, base <= position.sequence else {
                return require(
                    false, .base,
                    "a delta \(base) to \(next), the subscriber is at "
                        + "\(String(describing: position))")
            }
            require(
                expectation != .snapshot && expectation != .change, .base,
                "a delta to \(next) where a snapshot was announced"
            )
            require(next.sequence > position.sequence, .sequence, "\(next) after \(position)")
        } else {
            world.tally.snapshots += 1
            if let position, position.epoch == next.epoch {
                require(
                    next.sequence >= position.sequence, .sequence,
                    "a snapshot of \(next) after \(position)")
            }
            state = ShownState()
            state.status = .unspecified
        }
        take(update)
        position = next
        compare(isSnapshot: update.baseSequence == nil)
        judgeFilter(update, at: next)
    }

    /// What does not pass is told only with a status, or where nothing is known before it.
    private func judgeFilter(_ update: Update, at next: Position) {
        guard let filter = wish.filter, update.baseSequence != nil, update.status == nil else {
            return
        }
        let shown = world.truth.state(of: name, at: next)
        require(
            filter.passes(shown?.filterValues ?? [:]) != false, .filter,
            "\(next) was told, which does not pass \(filter.text)")
    }

    private func take(_ update: Update) {
        if let status = update.status { state.status = status }
        switch update.payload {
        case nil: break
        case .tick(let tick):
            set(.bidPrice, tick.bidPrice, tick.priceExponent)
            set(.bidQuantity, tick.bidQuantity, tick.quantityExponent)
            set(.askPrice, tick.askPrice, tick.priceExponent)
            set(.askQuantity, tick.askQuantity, tick.quantityExponent)
        case .book(let book):
            set(.bids, book.bids)
            set(.asks, book.asks)
        default: require(false, .order, "a state topic with \(update)")
        }
        if update.payload != nil { state.hasState = true }
    }

    private func set(_ field: Field, _ mantissa: Int64?, _ exponent: Int32?) {
        guard let mantissa else { return }
        guard let exponent, let number = Fixed.number(mantissa, exponent) else {
            return require(false, .state, "\(field) is \(mantissa) without a known exponent")
        }
        state.cells[Cell(field: field)] = number
    }

    private func set(_ field: Field, _ side: BookSide?) {
        guard let side else { return }
        require(side.prices.count == side.quantities.count, .state, "columns differ in length")
        for (price, quantity) in zip(side.prices, side.quantities) {
            guard let price = Fixed.number(price, side.priceExponent),
                let quantity = Fixed.number(quantity, side.quantityExponent)
            else { return require(false, .state, "a level that nobody published") }
            state.cells[Cell(field: field, price: price)] = quantity == 0 ? nil : quantity
        }
    }

    private func compare(isSnapshot: Bool) {
        guard let position, let whole = world.truth.state(of: name, at: position) else {
            return require(
                false, .state, "\(String(describing: position)) was never published")
        }
        let expected = whole.projected(fields)
        require(
            state.status == expected.status, .state,
            "status \(state.status) at \(position), it is \(expected.status)")
        // A book that nobody wanted was forgotten: its position may have been told before.
        guard whole.hasState || isSnapshot && !state.hasState else { return }
        if isSnapshot, !state.hasState, name.hasPrefix("book:") { return }
        require(
            state.cells == expected.cells, .state,
            "at \(position) the subscriber has \(Self.text(state, without: expected)), "
                + "the topic \(Self.text(expected, without: state))")
    }

    private static func text(_ state: ShownState, without other: ShownState) -> String {
        let cells = state.cells.filter { other.cells[$0.key] != $0.value }
        let texts = cells.map { "\($0.key.field)[\($0.key.price)] \($0.value)" }.sorted()
        return texts.isEmpty ? "nothing else" : texts.prefix(6).joined(separator: ", ")
    }

    // MARK: Events

    private func receivedEvent(_ update: Update, to next: Position) {
        if case .gap(let gap)? = update.payload, gap.reason == .newEpoch {
            world.tally.gaps += 1
            require(
                expectation == .lostEpoch || position?.epoch != next.epoch, .gap,
                "a new epoch at \(next) without one")
            position = next
            return
        }
        guard let position, position.epoch == next.epoch else {
            return require(
                false, .gap, "\(next) after \(String(describing: position)) without a gap")
        }
        let base = update.baseSequence ?? next.sequence &- 1
        require(
            base == position.sequence, base > position.sequence ? .gap : .sequence,
            "\(base + 1) to \(next.sequence) after \(position.sequence)")
        if case .gap(let gap)? = update.payload, gap.reason == .expired {
            skipped(from: position, to: gap.fromSequence ?? 0)
            receivedGap(gap, from: position, to: next)
        } else if wish.filter != nil, update.payload == nil, update.status == nil {
            skipped(from: position, to: next.sequence &+ 1)
        } else {
            skipped(from: position, to: next.sequence)
            receivedOne(update, at: next)
        }
        self.position = next
    }

    /// What lies between was kept back by the filter, or is missing.
    private func skipped(from position: Position, to end: UInt64) {
        let missing = world.truth.firstPassing(
            wish.filter, of: name, epoch: position.epoch, after: position.sequence, before: end)
        require(
            missing == nil, wish.filter == nil ? .gap : .filter,
            "\(missing ?? 0) was left out between \(position.sequence) and \(end), filter "
                + "\(wish.filter?.text ?? "none")")
    }

    /// Exact: from what comes next to what the ring has no more.
    private func receivedGap(_ gap: Gap, from position: Position, to next: Position) {
        world.tally.gaps += 1
        require(
            (wish.filter != nil || gap.fromSequence == position.sequence + 1)
                && gap.toSequence == next.sequence, .gap,
            "\(gap) covers (\(position.sequence), \(next.sequence)]")
        let last = world.truth.last(of: name, epoch: next.epoch)
        let kept = UInt64(world.plan.eventsKept)
        require(
            last >= next.sequence + kept, .gap,
            "\(next.sequence) of \(last) was called lost, the ring holds \(kept)")
        if case .gap(let to) = expectation {
            require(next.sequence >= to, .gap, "a gap to \(next.sequence), announced to \(to)")
        }
    }

    private func receivedOne(_ update: Update, at next: Position) {
        world.tally.deliveredEvents += 1
        if case .gap = expectation {
            require(false, .gap, "no gap was told, which was announced")
        }
        require(expectation != .lostEpoch, .gap, "no gap was told for an epoch that is gone")
        let expected = world.truth.event(of: name, at: next)?.projected(fields)
        require(
            expected != nil && ShownEvent(update) == expected, .state,
            "\(next.sequence) is \(update), it was \(String(describing: expected))")
        require(
            world.truth.event(of: name, at: next)?.passes(wish.filter) ?? true, .filter,
            "\(next.sequence) was told, which does not pass \(wish.filter?.text ?? "")")
    }

    // MARK: Rates

    /// Messages of one send were told at once.
    private func judgeRate(_ sentAt: Instant) {
        if !isState, toldAt == sentAt { return }
        toldAt = sentAt
        toldCount += 1
        guard let check = rateCheck else { return }
        require(
            check.allows(toldCount, in: max(sentAt - toldSince, .zero)) || !isState, .rate,
            "\(toldCount) in \(sentAt - toldSince), the rate is \(wish.rate!)")
        // What a subscriber begins with comes out of turn.
        guard let link, !link.hasWaited, toldCount > 1 else { return }
        require(
            rateCheck?.told(at: sentAt) ?? true, .rate,
            "too soon at \(sentAt.nanoseconds), the rate is \(wish.rate!)")
    }

    // MARK: What the subscriber says and is told

    /// The subscription has other options from here on.
    func changed(to wish: Wish, follows: Follows, at since: Instant) {
        let goesOn = follows == .delta || follows == .events
        let wider = !(wish.fields(of: name).map(Set.init) ?? Set(Field.all(of: name)))
            .isSubset(of: fields ?? Set(Field.all(of: name)))
        self.wish = wish
        (rateCheck, toldCount, toldAt, toldSince) = (
            wish.rateCheck, 0, nil, since
        )
        guard isState else { return }
        if !goesOn {
            (position, state) = (nil, ShownState())
            expectation = follows == .change ? .change : .snapshot
        } else {
            require(!wider || position == nil, .base, "more fields, and no snapshot is announced")
            state = state.projected(fields)
        }
    }

    /// The server says how far it has sent.
    func isAt(_ sent: Position?, _ who: String) {
        require(
            sent == nil && (position == nil || expectation != .anything) || sent == position,
            .order,
            "\(who) says \(String(describing: sent)), the subscriber has "
                + "\(String(describing: position))")
    }

    /// Nil: it has everything there is for it; else what it lacks.
    var lack: String? {
        if isState {
            guard let model = world.venue.state(named: name), model.topic.number == number else {
                return "is a topic that nobody publishes"
            }
            let present = model.topic.position
            guard let position else {
                return expectation == .snapshot ? "has nothing" : nil
            }
            let expected = model.present.projected(fields)
            let isEqual =
                state.status == expected.status
                && (state.cells == expected.cells || !expected.hasState)
            if let filter = wish.filter, position.epoch == present.epoch,
                state.status == expected.status,
                filter.passes(model.present.filterValues) != true
            {
                return nil
            }
            if !isEqual || fields == nil && position != present {
                return "is at \(position), the topic at \(present)"
            }
            return nil
        }
        guard let model = world.venue.events(named: name), model.topic.number == number else {
            return "is a topic that nobody publishes"
        }
        let present = model.topic.position
        if let position, wish.filter != nil, position.epoch == present.epoch,
            world.truth.firstPassing(
                wish.filter, of: name, epoch: present.epoch, after: position.sequence,
                before: present.sequence &+ 1) == nil
        {
            return nil
        }
        return position == present
            ? nil : "is at \(String(describing: position)), the topic at \(present)"
    }
}
