import Base
import Core
import Market
import Schema

/// One instrument at its venue: what happens there, told to its board and to plain models.
final class Publisher {
    private(set) var board: InstrumentBoard
    private let dice: Dice
    private let truth: Truth
    private var observe: () -> Void
    private(set) var states: [StateModel] = []
    private(set) var trades: EventModel
    private(set) var aggregates: EventModel
    private var tick: StateModel
    private var book = OrderBook()
    /// Every level of the venue's book.
    private var levels: [Cell: Int64] = [:]
    private var isInSync = false
    private var venueSequence: UInt64 = 0
    private var lastID: UInt64 = 0
    private var middle: Int64 = 500_000
    /// Ten-thousandths between two prices.
    private let step: Int64
    /// Prices that a side may have.
    private let width: Int

    init(
        _ board: InstrumentBoard, _ truth: Truth, _ dice: Dice, observe: @escaping () -> Void
    ) {
        self.board = board
        self.dice = dice
        self.truth = truth
        self.observe = observe
        step = dice.pick([1, 10, 100, 10_000])
        width = dice.pick([4, 8, 8, 30])
        tick = StateModel(board.tick, truth)
        trades = EventModel(board.trade, truth)
        aggregates = EventModel(board.aggregateTrade, truth)
        states = [tick]
        adoptBooks()
    }

    /// The board of another process goes on with what this one's topics were: no position changes.
    func move(to other: InstrumentBoard, observe: @escaping () -> Void) {
        (board, self.observe) = (other, observe)
        let known = states
        func heir(of topic: StateTopic) -> StateModel {
            StateModel(topic, after: known.first { $0.topic.name == topic.name }, truth)
        }
        tick = heir(of: board.tick)
        states = [tick] + board.books.map(heir)
        trades = EventModel(board.trade, after: trades)
        aggregates = EventModel(board.aggregateTrade, after: aggregates)
    }

    /// The board is told how things stand, once more.
    func repeatBook() { if isInSync { applyToAll() } }

    /// Books that somebody asked for meanwhile get a model.
    private func adoptBooks() {
        for topic in board.books where !states.contains(where: { $0.topic === topic }) {
            states.append(StateModel(topic, truth))
        }
    }

    private var books: [(StateModel, BookTopic)] {
        states.compactMap { model in (model.topic as? BookTopic).map { (model, $0) } }
    }

    // MARK: What happens

    func act() {
        switch dice.below(40) {
        case 0..<14: for _ in 0..<dice.spread(1...12) { changeBook() }
        case 14..<22: for _ in 0..<dice.spread(1...6) { changeTick() }
        case 22..<31: for _ in 0..<dice.spread(1...24) { trade() }
        case 31: for _ in 0..<dice.spread(1...600) { trade() }
        case 32: venueGap()
        case 33: setStatus(.tick)
        case 34: setStatus(.trade)
        case 35: setStatus(.aggregateTrade)
        case 36: loseBook()
        case 37: runBook()
        default: if !isInSync { syncBook() } else { changeBook() }
        }
    }

    private func change(_ model: StateModel, _ body: (inout ShownState) -> Void) {
        body(&model.present)
    }

    private func changeTick() {
        observe()
        venueSequence += 1
        let spread = step * Int64(dice.within(1...3))
        if dice.chance(0.5) { middle += step * Int64(dice.within(-2...2)) }
        let numbers: [Int64] = [
            middle, Int64(dice.below(4)) * 2500, middle + spread, Int64(dice.below(4)) * 10_000,
        ]
        board.tick.apply(
            Market.Tick(
                bidPrice: Fixed.decimal(numbers[0]), bidQuantity: Fixed.decimal(numbers[1]),
                askPrice: Fixed.decimal(numbers[2]), askQuantity: Fixed.decimal(numbers[3])),
            venueSequence: venueSequence, eventTime: .unknown, receiveTime: .unknown)
        change(tick) { state in
            (state.status, state.hasState) = (.live, true)
            for (field, number) in zip(Field.ofTick, numbers) {
                state.cells[Cell(field: field)] = number
            }
        }
    }

    private func trade() {
        observe()
        lastID += 1
        let isAggregate = dice.chance(0.3)
        let trade = Market.Trade(
            id: lastID, price: Fixed.decimal(middle), quantity: Fixed.decimal(Int64(lastID)),
            side: dice.pick([.buy, .sell, .unknown]), firstID: isAggregate ? lastID : nil,
            lastID: isAggregate ? lastID + 1 : nil)
        (isAggregate ? aggregates : trades).append(trade)
    }

    private func venueGap() {
        observe()
        (dice.chance(0.5) ? trades : aggregates).gap(from: lastID + 1, to: lastID + 3)
        lastID += 3
    }

    private func setStatus(_ kind: TopicKind) {
        observe()
        let status = dice.pick([Status.live, .stale, .resyncing])
        switch kind {
        case .trade: trades.setStatus(status)
        case .aggregateTrade: aggregates.setStatus(status)
        case .tick:
            board.setStatus(status, of: .tick)
            change(tick) { $0.status = status }
        case .book:
            adoptBooks()
            board.setStatus(status, of: .book)
            for (model, _) in books { change(model) { $0.status = status } }
        case .bench: break
        }
    }

    // MARK: The book

    private func loseBook() {
        guard isInSync else { return }
        observe()
        isInSync = false
        adoptBooks()
        let status = dice.pick([Status.stale, .resyncing])
        board.setStatus(status, of: .book)
        for (model, _) in books { change(model) { $0.status = status } }
    }

    private func syncBook() {
        isInSync = true
        book.removeAll()
        levels = [:]
        for _ in 0..<dice.spread(1...20) { setLevel() }
        tell()
    }

    private func changeBook() {
        guard isInSync else { return }
        for _ in 0..<dice.within(1...4) { setLevel() }
        tell()
    }

    /// Prices run away: more levels come and go than a window remembers.
    private func runBook() {
        guard isInSync else { return }
        for (_, topic) in books { truth.mayForget(topic.name) }
        for _ in 0..<dice.pick([5, 60, 60, 600]) {
            middle += step * Int64(width)
            let (asksFrom, bidsFrom) = (middle, middle - 4 * step * Int64(width))
            for cell in levels.keys.sorted(by: { $0.price < $1.price })
            where cell.price <= (cell.field == .asks ? asksFrom : bidsFrom) { set(cell, 0) }
            for _ in 0..<3 { setLevel() }
            tell()
        }
    }

    private func setLevel() {
        let isBid = dice.chance(0.5)
        let distance = step * Int64(dice.below(width) + 1)
        let cell = Cell(
            field: isBid ? .bids : .asks, price: isBid ? middle - distance : middle + distance)
        set(cell, dice.chance(0.35) ? 0 : Int64(dice.within(1...40)) * 500)
    }

    private func set(_ cell: Cell, _ quantity: Int64) {
        levels[cell] = quantity == 0 ? nil : quantity
        try? book.set(
            cell.field == .bids ? .bid : .ask, price: Fixed.decimal(cell.price),
            quantity: Fixed.decimal(quantity))
    }

    /// As a feed does: every depth of the board gets the book as it is now.
    private func tell() {
        observe()
        adoptBooks()
        applyToAll()
    }

    private func applyToAll() {
        venueSequence += 1
        let sides = sorted()
        for (model, topic) in books { apply(to: model, topic, sides) }
    }

    private func apply(
        to model: StateModel, _ topic: BookTopic, _ sides: (bids: [Cell], asks: [Cell])
    ) {
        let beginsAnew = topic.status != .live || !topic.hasState
        topic.apply(
            book: book, venueSequence: venueSequence, eventTime: .unknown, receiveTime: .unknown)
        if !topic.hasState {
            model.isForgotten = true
            change(model) { ($0.hasState, $0.cells) = (false, [:]) }
            return
        }
        model.isForgotten = false
        if beginsAnew { model.beginsEpoch = true }
        change(model) { state in
            (state.status, state.hasState) = (.live, true)
            state.cells = [:]
            for cell in sides.bids.prefix(topic.depth) + sides.asks.prefix(topic.depth) {
                state.cells[cell] = levels[cell]
            }
        }
    }

    /// The venue's book, best levels of either side first: a window is the first of them.
    private func sorted() -> (bids: [Cell], asks: [Cell]) {
        let rising = levels.keys.sorted { $0.price < $1.price }
        return (rising.filter { $0.field == .bids }.reversed(), rising.filter { $0.field == .asks })
    }

    /// Somebody named a depth that shows nothing yet.
    func bookAdded() {
        observe()
        adoptBooks()
        if isInSync { applyToAll() }
    }
}
