import Core
import Market
import Schema

/// The venue of one loop: publishers for the instruments that were asked for, and bench topics.
final class VirtualVenue: VenueConnector {
    let venue = "binance"
    private unowned let hub: Hub
    private unowned let world: World
    private(set) var publishers: [Publisher] = []
    private(set) var bench: [EventModel] = []
    /// Of a predecessor's instruments, until the boards here have taken them over.
    private var heirlooms: [Publisher]
    /// A successor publishes now, and nothing happens here any more.
    private var hasLeft = false
    private var unlisted: Set<Symbol> = []

    init(_ hub: Hub, _ world: World, inheriting publishers: [Publisher]) {
        (self.hub, self.world, heirlooms) = (hub, world, publishers)
    }

    /// Returns who publishes in a successor from now on.
    func leave() -> [Publisher] {
        hasLeft = true
        defer { (publishers, bench) = ([], []) }
        return publishers
    }

    func addBench(_ count: Int) {
        for index in 0..<count {
            let model = EventModel(hub.addEventTopic(named: "bench:\(index)"), world.truth)
            model.began(as: .live)
            bench.append(model)
        }
    }

    // MARK: VenueConnector

    var instruments: [Market.Instrument] { [] }

    func lacks(_ symbol: Symbol) -> Bool {
        unlisted.contains(symbol) || !world.plan.symbols.contains(symbol.description)
    }

    func demand(_ board: InstrumentBoard) {
        if hasLeft || heirlooms.contains(where: { $0.board.symbol == board.symbol }) { return }
        publishers.append(
            Publisher(board, world.truth, world.dice) { [unowned self] in observe() })
    }

    func bookAdded(to board: InstrumentBoard) {
        publishers.first { $0.board === board }?.bookAdded()
    }

    func inherited(_ board: InstrumentBoard) {
        guard let place = heirlooms.firstIndex(where: { $0.board.symbol == board.symbol }) else {
            return
        }
        let publisher = heirlooms.remove(at: place)
        publisher.move(to: board) { [unowned self] in observe() }
        publishers.append(publisher)
        publisher.repeatBook()
    }

    // MARK: What happens

    func takeInputs() -> [() -> Void] {
        guard !world.isQuiet, !hasLeft else { return [] }
        let dice = world.dice
        var inputs: [() -> Void] = []
        for publisher in publishers where dice.chance(world.plan.publishChance) {
            inputs.append { publisher.act() }
        }
        for model in bench where dice.chance(world.plan.publishChance / 2) {
            inputs.append { [self] in publish(model) }
        }
        if dice.chance(world.plan.relistChance) { inputs.append { [self] in relist() } }
        return inputs
    }

    private func publish(_ model: EventModel) {
        let dice = world.dice
        for _ in 0..<dice.spread(1...8) {
            let size = dice.spread(0...world.plan.dataBytesMax)
            model.append([UInt8](repeating: UInt8(truncatingIfNeeded: dice.word()), count: size))
        }
    }

    /// An instrument leaves the venue's list, or comes back.
    private func relist() {
        let dice = world.dice
        if !unlisted.isEmpty, dice.chance(0.7) { return unlisted = [] }
        guard let publisher = publishers.isEmpty ? nil : dice.pick(publishers) else { return }
        observe()
        world.trace.note("\(publisher.board.symbol) is listed no more")
        unlisted.insert(publisher.board.symbol)
        publishers.removeAll { $0 === publisher }
        hub.dissolve(publisher.board)
    }

    // MARK: What must hold

    func observe() {
        for publisher in publishers {
            for model in publisher.states {
                model.observe(world.truth, world.judge, &world.tally)
            }
        }
    }

    func endTurn() {
        for publisher in publishers {
            for model in publisher.states { model.endTurn(world.truth, world.judge) }
            publisher.trades.endTurn(world.judge)
            publisher.aggregates.endTurn(world.judge)
        }
        for model in bench { model.endTurn(world.judge) }
    }

    var topics: [Topic] {
        publishers.flatMap(\.board.topics) + bench.map(\.topic)
    }

    func state(named name: String) -> StateModel? {
        for publisher in publishers {
            if let model = publisher.states.first(where: { $0.topic.name == name }) { return model }
        }
        return nil
    }

    func events(named name: String) -> EventModel? {
        let all = publishers.flatMap { [$0.trades, $0.aggregates] } + bench
        return all.first { $0.topic.name == name }
    }
}
