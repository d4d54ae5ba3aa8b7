import Base
import Schema
import Testing

@testable import Core

@Suite struct HandoverMachineTests {
    typealias State = HandoverMachine.State

    /// What can happen to the side that hands over.
    enum Event: Sendable, CaseIterable {
        case begin, beginOfOther, beginOfNone, ready, listening, unspecified, silence
        case told, ended, late
    }

    /// An action without its words.
    enum Deed: Equatable, Sendable {
        case tellHistory, holdAndTellAll, release, handOver, refuse, giveUp
    }

    private static func makeMachine(in state: State) -> HandoverMachine {
        var machine = HandoverMachine(address: address)
        if state == .idle { return machine }
        _ = machine.received(begin, at: start)
        if state == .telling { return machine }
        machine.told()
        if state == .waiting { return machine }
        _ = machine.received(TakeoverStep(.ready), at: start)
        if state == .holding { return machine }
        machine.told()
        if state == .held { return machine }
        _ = machine.received(TakeoverStep(.listening), at: start)
        return machine
    }

    private static let address = "127.0.0.1:7400"
    private static let start = Instant(nanoseconds: 1_000_000_000)
    private static let begin = TakeoverStep(.begin, version: 1, address: address)

    private static func deeds(_ event: Event, _ machine: inout HandoverMachine) -> [Deed] {
        let actions =
            switch event {
            case .begin: machine.received(begin, at: start)
            case .beginOfOther: machine.received(elsewhere, at: start)
            case .beginOfNone: machine.received(TakeoverStep(.begin), at: start)
            case .ready: machine.received(TakeoverStep(.ready), at: start)
            case .listening: machine.received(TakeoverStep(.listening), at: start)
            case .unspecified: machine.received(TakeoverStep(.unspecified), at: start)
            case .silence: machine.received(TakeoverStep(), at: start)
            case .told: machine.toldAll()
            case .ended: machine.ended()
            case .late: machine.late()
            }
        return actions.map { action in
            switch action {
            case .tellHistory: .tellHistory
            case .holdAndTellAll: .holdAndTellAll
            case .release: .release
            case .handOver: .handOver
            case .refuse: .refuse
            case .giveUp: .giveUp
            }
        }
    }

    private static let elsewhere = TakeoverStep(.begin, version: 1, address: "127.0.0.1:1")

    /// State, event, what is done, the state afterwards.
    typealias Row = (State, Event, [Deed], State)

    private static let table: [Row] = [
        (.idle, .begin, [.tellHistory], .telling),
        (.idle, .beginOfOther, [.refuse], .idle),
        (.idle, .beginOfNone, [.refuse], .idle),
        (.idle, .ready, [.refuse], .idle),
        (.idle, .listening, [.refuse], .idle),
        (.idle, .unspecified, [.refuse], .idle),
        (.idle, .silence, [.refuse], .idle),
        (.idle, .told, [], .idle),
        (.idle, .ended, [], .idle),
        (.idle, .late, [], .idle),

        (.telling, .begin, [.refuse], .idle),
        (.telling, .beginOfOther, [.refuse], .idle),
        (.telling, .beginOfNone, [.refuse], .idle),
        (.telling, .ready, [.refuse], .idle),
        (.telling, .listening, [.refuse], .idle),
        (.telling, .unspecified, [.refuse], .idle),
        (.telling, .silence, [.refuse], .idle),
        (.telling, .told, [], .waiting),
        (.telling, .ended, [], .idle),
        (.telling, .late, [.giveUp], .idle),

        (.waiting, .begin, [.refuse], .idle),
        (.waiting, .beginOfOther, [.refuse], .idle),
        (.waiting, .beginOfNone, [.refuse], .idle),
        (.waiting, .ready, [.holdAndTellAll], .holding),
        (.waiting, .listening, [.refuse], .idle),
        (.waiting, .unspecified, [.refuse], .idle),
        (.waiting, .silence, [.refuse], .idle),
        (.waiting, .told, [], .waiting),
        (.waiting, .ended, [], .idle),
        (.waiting, .late, [.giveUp], .idle),

        (.holding, .begin, [.release, .refuse], .idle),
        (.holding, .beginOfOther, [.release, .refuse], .idle),
        (.holding, .beginOfNone, [.release, .refuse], .idle),
        (.holding, .ready, [.release, .refuse], .idle),
        (.holding, .listening, [.release, .refuse], .idle),
        (.holding, .unspecified, [.release, .refuse], .idle),
        (.holding, .silence, [.release, .refuse], .idle),
        (.holding, .told, [], .held),
        (.holding, .ended, [.release], .idle),
        (.holding, .late, [.release, .giveUp], .idle),

        (.held, .begin, [.release, .refuse], .idle),
        (.held, .beginOfOther, [.release, .refuse], .idle),
        (.held, .beginOfNone, [.release, .refuse], .idle),
        (.held, .ready, [.release, .refuse], .idle),
        (.held, .listening, [.handOver], .handedOver),
        (.held, .unspecified, [.release, .refuse], .idle),
        (.held, .silence, [.release, .refuse], .idle),
        (.held, .told, [], .held),
        (.held, .ended, [.release], .idle),
        (.held, .late, [.release, .giveUp], .idle),

        // Nothing takes back what was handed over.
        (.handedOver, .begin, [.refuse], .handedOver),
        (.handedOver, .beginOfOther, [.refuse], .handedOver),
        (.handedOver, .beginOfNone, [.refuse], .handedOver),
        (.handedOver, .ready, [.refuse], .handedOver),
        (.handedOver, .listening, [.refuse], .handedOver),
        (.handedOver, .unspecified, [.refuse], .handedOver),
        (.handedOver, .silence, [.refuse], .handedOver),
        (.handedOver, .told, [], .handedOver),
        (.handedOver, .ended, [], .handedOver),
        (.handedOver, .late, [], .handedOver),
    ]

    @Test func `every event in every state has its answer`() {
        #expect(Self.table.count == 6 * Event.allCases.count)
        for (state, event, deeds, next) in Self.table {
            var machine = Self.makeMachine(in: state)
            #expect(machine.state == state)
            #expect(Self.deeds(event, &machine) == deeds, "\(state), \(event)")
            #expect(machine.state == next, "\(state), \(event)")
        }
    }

    @Test func `the next successor begins anew after one that is gone`() {
        for state in [State.idle, .telling, .waiting, .holding, .held] {
            var machine = Self.makeMachine(in: state)
            _ = machine.ended()
            #expect(machine.received(Self.begin, at: Self.start) == [.tellHistory])
        }
    }

    @Test func `whoever comes after the deadline is refused, though no timer has said so`() {
        let limits: [(State, Duration)] = [
            (.telling, HandoverMachine.warmLimit), (.waiting, HandoverMachine.warmLimit),
            (.holding, HandoverMachine.holdLimit), (.held, HandoverMachine.holdLimit),
        ]
        for (state, limit) in limits {
            var machine = Self.makeMachine(in: state)
            let deadline = Self.start + limit
            #expect(machine.deadline == deadline)
            for step in [TakeoverStep(.listening), TakeoverStep(.ready)] {
                var late = machine
                let actions = late.received(step, at: deadline)
                #expect(actions.last == .giveUp("the successor took too long"))
                #expect(late.state == .idle && late.deadline == nil)
            }
            _ = machine.received(
                TakeoverStep(.listening), at: deadline + Duration.nanoseconds(-1))
            #expect((machine.state == .handedOver) == (state == .held))
        }
    }

    @Test func `a refusal names what was said, and both versions`() {
        var machine = HandoverMachine(address: Self.address)
        let other = TakeoverStep(.begin, version: 7, address: Self.address)
        guard case .refuse(let version)? = machine.received(other, at: Self.start).first,
            case .refuse(let none)? = machine.received(TakeoverStep(.begin), at: Self.start).first,
            case .refuse(let place)? = machine.received(Self.elsewhere, at: Self.start).first,
            case .refuse(let stage)? =
                machine.received(TakeoverStep(.listening), at: Self.start).first
        else {
            Issue.record("not refused")
            return
        }
        #expect(version.contains("7") && version.contains("1"))
        #expect(none.contains("none") && stage.contains("listening"))
        #expect(place.contains("127.0.0.1:1,") && place.contains(Self.address))
    }
}

extension HandoverMachine {
    fileprivate mutating func toldAll() -> [Action] {
        told()
        return []
    }
}
