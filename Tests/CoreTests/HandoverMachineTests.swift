import Schema
import Testing

@testable import Core

@Suite struct HandoverMachineTests {
    typealias State = HandoverMachine.State

    /// What can happen to the side that hands over.
    enum Event: Sendable, CaseIterable {
        case begin, beginOfOther, beginOfNone, ready, listening, unspecified, silence
        case historyTold, ended, late
    }

    /// An action without its words.
    enum Deed: Equatable, Sendable {
        case tellHistory, holdAndTellAll, release, handOver, refuse, giveUp
    }

    private static func makeMachine(in state: State) -> HandoverMachine {
        var machine = HandoverMachine()
        if state == .idle { return machine }
        _ = machine.received(TakeoverStep(.begin, version: HandoverMachine.version))
        if state == .telling { return machine }
        machine.historyTold()
        if state == .waiting { return machine }
        _ = machine.received(TakeoverStep(.ready))
        if state == .holding { return machine }
        _ = machine.received(TakeoverStep(.listening))
        return machine
    }

    private static func deeds(_ event: Event, _ machine: inout HandoverMachine) -> [Deed] {
        let actions =
            switch event {
            case .begin: machine.received(TakeoverStep(.begin, version: 1))
            case .beginOfOther: machine.received(TakeoverStep(.begin, version: 2))
            case .beginOfNone: machine.received(TakeoverStep(.begin))
            case .ready: machine.received(TakeoverStep(.ready))
            case .listening: machine.received(TakeoverStep(.listening))
            case .unspecified: machine.received(TakeoverStep(.unspecified))
            case .silence: machine.received(TakeoverStep())
            case .historyTold: machine.toldHistory()
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
        (.idle, .historyTold, [], .idle),
        (.idle, .ended, [], .idle),
        (.idle, .late, [], .idle),

        (.telling, .begin, [.refuse], .idle),
        (.telling, .beginOfOther, [.refuse], .idle),
        (.telling, .beginOfNone, [.refuse], .idle),
        (.telling, .ready, [.refuse], .idle),
        (.telling, .listening, [.refuse], .idle),
        (.telling, .unspecified, [.refuse], .idle),
        (.telling, .silence, [.refuse], .idle),
        (.telling, .historyTold, [], .waiting),
        (.telling, .ended, [], .idle),
        (.telling, .late, [], .telling),

        (.waiting, .begin, [.refuse], .idle),
        (.waiting, .beginOfOther, [.refuse], .idle),
        (.waiting, .beginOfNone, [.refuse], .idle),
        (.waiting, .ready, [.holdAndTellAll], .holding),
        (.waiting, .listening, [.refuse], .idle),
        (.waiting, .unspecified, [.refuse], .idle),
        (.waiting, .silence, [.refuse], .idle),
        (.waiting, .historyTold, [], .waiting),
        (.waiting, .ended, [], .idle),
        (.waiting, .late, [], .waiting),

        (.holding, .begin, [.release, .refuse], .idle),
        (.holding, .beginOfOther, [.release, .refuse], .idle),
        (.holding, .beginOfNone, [.release, .refuse], .idle),
        (.holding, .ready, [.release, .refuse], .idle),
        (.holding, .listening, [.handOver], .handedOver),
        (.holding, .unspecified, [.release, .refuse], .idle),
        (.holding, .silence, [.release, .refuse], .idle),
        (.holding, .historyTold, [], .holding),
        (.holding, .ended, [.release], .idle),
        (.holding, .late, [.release, .giveUp], .idle),

        // Nothing takes back what was handed over.
        (.handedOver, .begin, [.refuse], .handedOver),
        (.handedOver, .beginOfOther, [.refuse], .handedOver),
        (.handedOver, .beginOfNone, [.refuse], .handedOver),
        (.handedOver, .ready, [.refuse], .handedOver),
        (.handedOver, .listening, [.refuse], .handedOver),
        (.handedOver, .unspecified, [.refuse], .handedOver),
        (.handedOver, .silence, [.refuse], .handedOver),
        (.handedOver, .historyTold, [], .handedOver),
        (.handedOver, .ended, [], .handedOver),
        (.handedOver, .late, [], .handedOver),
    ]

    @Test func `every event in every state has its answer`() {
        #expect(Self.table.count == 5 * Event.allCases.count)
        for (state, event, deeds, next) in Self.table {
            var machine = Self.makeMachine(in: state)
            #expect(machine.state == state)
            #expect(Self.deeds(event, &machine) == deeds, "\(state), \(event)")
            #expect(machine.state == next, "\(state), \(event)")
        }
    }

    @Test func `the next successor begins anew after one that is gone`() {
        for state in [State.idle, .telling, .waiting, .holding] {
            var machine = Self.makeMachine(in: state)
            _ = machine.ended()
            #expect(machine.received(TakeoverStep(.begin, version: 1)) == [.tellHistory])
        }
    }

    @Test func `a refusal names what was said, and both versions`() {
        var machine = HandoverMachine()
        guard
            case .refuse(let version)? = machine.received(TakeoverStep(.begin, version: 7)).first,
            case .refuse(let none)? = machine.received(TakeoverStep(.begin)).first,
            case .refuse(let stage)? = machine.received(TakeoverStep(.listening)).first
        else {
            Issue.record("not refused")
            return
        }
        #expect(version.contains("7") && version.contains("1"))
        #expect(none.contains("none") && stage.contains("listening"))
    }
}

extension HandoverMachine {
    fileprivate mutating func toldHistory() -> [Action] {
        historyTold()
        return []
    }
}
