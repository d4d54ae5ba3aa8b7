import Base
import Schema
import Testing

@testable import Core

@Suite struct TakeoverMachineTests {
    typealias State = TakeoverMachine.State

    private static let address = "127.0.0.1:7400"
    private static let start = Instant(nanoseconds: 1_000_000_000)
    private static let limit = Duration.seconds(30)
    private static var settled: Instant { start + TakeoverMachine.overlap }
    private static var late: Instant { start + limit }

    /// What can happen to the side that takes over.
    enum Event: Sendable, CaseIterable {
        case historyTold, allTold, unspecified
        /// Time passes: a moment after the start, once it has settled, or too late.
        case early, earlyAwaiting, settled, settledAwaiting, late, lateAwaiting
        case listens, agreed, left, refused, fail
    }

    /// An action without its words.
    enum Deed: Equatable, Sendable {
        case begin, ready, listening, adopt, serve, beginAnew, fail, other
    }

    private static let states: [State] = [
        .hearingHistory, .warming, .settling(until: settled), .hearingAll, .adopting, .listening,
        .over,
    ]

    private static func makeMachine(in state: State) -> TakeoverMachine {
        var machine = TakeoverMachine(address: address, at: start, within: limit)
        if state == .over { _ = machine.fail("") }
        if state == .hearingHistory || state == .over { return machine }
        _ = machine.told(.historyTold)
        if state == .warming { return machine }
        _ = machine.timePassed(start, awaited: [])
        if case .settling = state { return machine }
        _ = machine.timePassed(settled, awaited: [])
        if state == .hearingAll { return machine }
        _ = machine.told(.allTold)
        if state == .adopting { return machine }
        _ = machine.listens(at: settled)
        return machine
    }

    private static func deeds(_ actions: [TakeoverMachine.Action]) -> [Deed] {
        actions.map { action in
            switch action {
            case .send(let step) where step.stage == .begin: .begin
            case .send(TakeoverStep(.ready)): .ready
            case .send(TakeoverStep(.listening)): .listening
            case .send: .other
            case .adopt: .adopt
            case .serve: .serve
            case .beginAnew: .beginAnew
            case .fail: .fail
            }
        }
    }

    private static func deeds(_ event: Event, _ machine: inout TakeoverMachine) -> [Deed] {
        let early = start + .milliseconds(1)
        let actions =
            switch event {
            case .historyTold: machine.told(.historyTold)
            case .allTold: machine.told(.allTold)
            case .unspecified: machine.told(.unspecified)
            case .early: machine.timePassed(early, awaited: [])
            case .earlyAwaiting: machine.timePassed(early, awaited: ["a"])
            case .settled: machine.timePassed(settled, awaited: [])
            case .settledAwaiting: machine.timePassed(settled, awaited: ["a"])
            case .late: machine.timePassed(late, awaited: [])
            case .lateAwaiting: machine.timePassed(late, awaited: ["a"])
            case .listens: machine.listens(at: settled)
            case .agreed: machine.ended(.agreed, "")
            case .left: machine.ended(.left, "")
            case .refused: machine.ended(.refused, "")
            case .fail: machine.fail("")
            }
        return deeds(actions)
    }

    /// What is done, and the state afterwards; nil: it fails.
    private static func answer(_ state: State, _ event: Event) -> ([Deed], State)? {
        let earlySettling = State.settling(
            until: start + .milliseconds(1) + TakeoverMachine.overlap)
        switch (state, event) {
        case (.over, _): return ([], .over)
        case (_, .fail), (_, .unspecified), (_, .refused): return nil

        case (.hearingHistory, .historyTold): return ([], .warming)
        case (.hearingAll, .allTold): return ([.adopt], .adopting)
        case (_, .historyTold), (_, .allTold): return nil

        case (.hearingHistory, .late), (.hearingHistory, .lateAwaiting): return nil
        case (.hearingAll, .late), (.hearingAll, .lateAwaiting): return nil
        case (.listening, .late), (.listening, .lateAwaiting): return nil
        case (.warming, .early): return ([], earlySettling)
        case (.warming, .settled):
            return ([], .settling(until: settled + TakeoverMachine.overlap))
        case (.warming, .late): return ([], .settling(until: late + TakeoverMachine.overlap))
        case (.settling, .settled), (.settling, .late): return ([.ready], .hearingAll)
        case (.warming, .lateAwaiting), (.settling, .lateAwaiting): return nil
        case (.settling, .earlyAwaiting), (.settling, .settledAwaiting): return ([], .warming)

        case (.adopting, .listens): return ([.listening], .listening)
        case (.listening, .agreed), (.listening, .left): return ([.serve], .over)
        case (_, .left): return ([.beginAnew], .over)
        case (_, .agreed): return nil
        default: return ([], state)
        }
    }

    @Test func `every event in every state has its answer`() {
        for state in Self.states {
            for event in Event.allCases {
                var machine = Self.makeMachine(in: state)
                #expect(machine.state == state)
                let deeds = Self.deeds(event, &machine)
                let (expected, next) = Self.answer(state, event) ?? ([.fail], .over)
                #expect(deeds == expected, "\(state), \(event)")
                #expect(machine.state == next, "\(state), \(event)")
            }
        }
    }

    @Test func `it begins with the version of the contract and its address`() {
        var machine = TakeoverMachine(address: Self.address, at: Self.start, within: Self.limit)
        #expect(
            machine.began() == [
                .send(
                    TakeoverStep(
                        .begin, version: HandoverMachine.version, address: Self.address))
            ])
    }

    @Test func `it gives up an answer later than the predecessor gives one`() {
        for state in [State.hearingAll, .listening] {
            var machine = Self.makeMachine(in: state)
            let limit = Self.settled + TakeoverMachine.answerLimit
            #expect(TakeoverMachine.answerLimit > HandoverMachine.holdLimit)
            #expect(machine.timePassed(limit + .nanoseconds(-1), awaited: []) == [])
            #expect(Self.deeds(machine.timePassed(limit, awaited: [])) == [.fail])
        }
    }

    @Test func `both hear the same for the whole overlap, counted anew after every lack`() {
        var machine = Self.makeMachine(in: .warming)
        var now = Self.start
        #expect(machine.timePassed(now, awaited: []) == [])
        now = now + (TakeoverMachine.overlap - .nanoseconds(1))
        #expect(machine.timePassed(now, awaited: []) == [])
        #expect(machine.timePassed(now, awaited: ["book:a:B/C"]) == [])
        #expect(machine.timePassed(now, awaited: []) == [])
        now = now + (TakeoverMachine.overlap - .nanoseconds(1))
        #expect(machine.timePassed(now, awaited: []) == [])
        now = now + .nanoseconds(1)
        #expect(machine.timePassed(now, awaited: []) == [.send(TakeoverStep(.ready))])
    }

    @Test func `what is lacking at the end is told, three names and how many`() {
        var machine = Self.makeMachine(in: .warming)
        let names = ["d", "c", "b", "a"]
        let almost = Self.start + (Self.limit - .nanoseconds(1))
        #expect(machine.timePassed(almost, awaited: names) == [])
        guard case .fail(let reason)? = machine.timePassed(Self.late, awaited: names).first else {
            Issue.record("goes on")
            return
        }
        #expect(reason.contains("4 topics") && reason.contains("a, b, c, …"))
        machine = Self.makeMachine(in: .warming)
        guard case .fail(let few)? = machine.timePassed(Self.late, awaited: ["a"]).first else {
            Issue.record("goes on")
            return
        }
        #expect(few.hasSuffix("a"))
    }
}
