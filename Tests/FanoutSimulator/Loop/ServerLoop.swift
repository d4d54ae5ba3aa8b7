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
    let venue: VirtualVenue
    private(set) var ends: [ServerEnd] = []

    init(_ world: World) {
        self.world = world
        plan = world.plan
        clock = world.clock
        turn = VirtualTurn(clock)
        hub = Hub(
            turn: turn, metrics: registry, limits: plan.hub,
            random: SeededRandom(seed: world.dice.word()))
        venue = VirtualVenue(hub, world)
        hub.register(venue)
        MarketDataService(hub: hub, limits: plan.gateway).register(in: router)
    }

    func accept(_ link: Link) {
        world.tally.connections += 1
        let end = ServerEnd(number: world.tally.connections, link: link, loop: self)
        ends.append(end)
        world.ends[end.number] = end
    }

    /// One turn: what happened since the last one in any order, timers, the end, one send per
    /// connection.
    func runTurn() {
        var inputs = world.dice.shuffled(ends.flatMap { $0.takeInputs() } + venue.takeInputs())
        // A busy kernel does not tell everything at once.
        if world.dice.chance(0.3) { inputs = Array(inputs.prefix(world.dice.within(1...4))) }
        for input in inputs {
            input()
            venue.observe()
        }
        while let timer = turn.takeDue() {
            timer()
            venue.observe()
        }
        turn.end()
        venue.observe()
        venue.endTurn()
        for end in ends { end.flush() }
        for end in ends { end.look() }
        ends.removeAll(where: \.isClosed)
    }

    func gauge(_ name: String) -> Int64 { registry.gauge(name, help: "").value }
    func counter(_ name: String) -> UInt64 { registry.counter(name, help: "").value }
}
