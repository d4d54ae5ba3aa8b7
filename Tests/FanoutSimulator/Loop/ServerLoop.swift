import Base
import Core
import GRPC
import Gateway

/// One event loop of the server: its turns, its hub and its connections. Whatever a server has once
/// a loop is made here and nowhere else.
final class ServerLoop {
    unowned let world: World
    let plan: WorldPlan
    let clock: VirtualClock
    let turn: VirtualTurn
    let registry = MetricRegistry()
    let hub: Hub
    let router = RPCRouter()
    let mailbox = VirtualMailbox()
    let outputTurn = OutputTurn()
    /// Nil: this loop follows the first one, which owns the topics.
    private(set) var venue: VirtualVenue?
    private(set) var ends: [ServerEnd] = []
    private var isInTurn = false

    /// The loop that owns the topics; its venue is not there yet.
    init(_ world: World) {
        (self.world, plan, clock) = (world, world.plan, world.clock)
        turn = VirtualTurn(clock)
        hub = Hub(
            turn: turn, metrics: registry, limits: plan.hub,
            random: SeededRandom(seed: world.dice.word()))
        MarketDataService(hub: hub, limits: plan.gateway).register(in: router)
    }

    /// A loop that follows `owner`, which has no venue yet.
    init(_ world: World, number: Int, following owner: ServerLoop) {
        (self.world, plan, clock) = (world, world.plan, world.clock)
        turn = VirtualTurn(clock)
        let ownersMailbox = owner.mailbox
        hub = Hub(
            following: owner.hub.directory, turn: turn, loop: number, metrics: registry,
            limits: plan.hub, owner: HubLink { ownersMailbox.put(.wishes($0)) })
        MarketDataService(hub: hub, limits: plan.gateway).register(in: router)
        let mailbox = mailbox
        owner.hub.lead { mailbox.put(.wakeup) }
    }

    /// Topics can be named from here on.
    func openVenue(inheriting publishers: [Publisher]) -> VirtualVenue {
        let venue = VirtualVenue(hub, world, inheriting: publishers)
        self.venue = venue
        hub.register(venue)
        venue.addBench(plan.benchCount)
        return venue
    }

    func accept(_ link: Link) {
        world.tally.connections += 1
        let end = ServerEnd(number: world.tally.connections, link: link, loop: self)
        ends.append(end)
        world.ends[end.number] = end
    }

    /// One turn: what happened since the last one in any order, timers, what other loops want, the
    /// end, one send per connection. Between any two of these another loop may have a whole turn.
    func runTurn() {
        if isInTurn { return }
        isInTurn = true
        defer { isInTurn = false }
        var inputs = ends.flatMap { $0.takeInputs() } + (venue?.takeInputs() ?? [])
        inputs = world.dice.shuffled(inputs)
        // A busy kernel does not tell everything at once.
        if world.dice.chance(0.3) { inputs = Array(inputs.prefix(world.dice.within(1...4))) }
        for input in inputs { run(input) }
        while let timer = turn.takeDue() { run(timer) }
        readMailbox()
        turn.end()
        venue?.observe()
        venue?.endTurn()
        sendOutputs()
        for end in ends { end.look() }
        ends.removeAll(where: \.isClosed)
    }

    /// One by one, or many at once as through io_uring.
    private func sendOutputs() {
        if world.dice.chance(0.5) {
            return outputTurn.flush { Self.end($0).flush() }
        }
        outputTurn.flush(atOnce: world.dice.within(1...8)) {
            Self.end($0).queue()
        } submit: {
            for end in ends { end.submit() }
        } conclude: {
            Self.end($0).conclude()
        }
    }

    private static func end(_ flusher: AnyObject) -> ServerEnd {
        guard let end = flusher as? ServerEnd else { preconditionFailure("no end flushes") }
        return end
    }

    private func run(_ work: () -> Void) {
        work()
        venue?.observe()
        world.letOthersRun(beside: self)
    }

    /// What is handed in later than the rest waits for the next turn.
    private func readMailbox() {
        var count = mailbox.count
        if count > 0, !world.isQuiet, world.dice.chance(0.3) { count = world.dice.below(count) }
        for _ in 0..<count {
            switch mailbox.takeFirst() {
            case .wakeup?: run { hub.hearNews() }
            case .wishes(let wishes)?: run { hub.receive(wishes) }
            case nil: break
            }
        }
    }

    func gauge(_ name: String) -> Int64 { registry.gauge(name, help: "").value }
    func counter(_ name: String) -> UInt64 { registry.counter(name, help: "").value }
}
