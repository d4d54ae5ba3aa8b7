import Base
import Schema
import Testing

@testable import Core

/// Both machines of a handover, joined by an ordered pipe of one machine: it is cut by the end of a
/// process alone. Anything may happen at any moment; each seed is one order of events.
@Suite struct HandoverModelTests {
    static let seeds = 20_000

    @Test func `never do both publish, and never nobody unless a process died`() {
        var outcomes: Set<HandoverModel.Outcome> = []
        for seed in 0..<UInt64(Self.seeds) {
            var model = HandoverModel(seed: seed)
            model.begin()
            while model.step() {
                if model.successor == .serves, [.publishes, .holds].contains(model.predecessor) {
                    Issue.record("seed \(seed): both publish: \(model.log)")
                    return
                }
            }
            guard model.isSettled else {
                Issue.record("seed \(seed): nobody knows: \(model.log)")
                return
            }
            outcomes.insert(model.outcome)
        }
        // The seeds reach every end that there is.
        #expect(outcomes.count == HandoverModel.Outcome.allCases.count)
    }

    @Test func `without deaths and delays the successor serves`() {
        for seed in 0..<UInt64(200) {
            var model = HandoverModel(seed: seed, isCalm: true)
            model.begin()
            while model.step() {}
            #expect(model.outcome == .handedOver, "seed \(seed): \(model.log)")
        }
    }
}

struct HandoverModel {
    enum Predecessor { case publishes, holds, hasHandedOver, dead }
    enum Successor { case warms, serves, failed, dead }
    enum Outcome: CaseIterable {
        case handedOver, goesOn, inheritedFromDead, successorAlone, nobody
    }

    enum Up { case step(TakeoverStep), end }
    enum Down { case stage(HandoverStage), status(TakeoverMachine.End) }

    private var handover = HandoverMachine(address: "a")
    private var takeover: TakeoverMachine
    private var up: [Up] = []
    private var down: [Down] = []
    private(set) var predecessor = Predecessor.publishes
    private(set) var successor = Successor.warms
    private var random: SeededRandom
    private var now = Instant(nanoseconds: 0)
    /// The predecessor is telling, or the successor is taking over.
    private var isTelling: HandoverStage?
    private var isAdopting = false
    /// The call is over for the predecessor, and it is to the successor once it hears of it.
    private var isCallOver = false
    private(set) var log: [String] = []
    private let isCalm: Bool

    init(seed: UInt64, isCalm: Bool = false) {
        random = SeededRandom(seed: seed)
        takeover = TakeoverMachine(address: "a", at: now, within: .seconds(30))
        self.isCalm = isCalm
    }

    var isSettled: Bool {
        switch (predecessor, successor) {
        case (.publishes, .failed), (.publishes, .dead), (.hasHandedOver, .serves): true
        case (.dead, _), (.hasHandedOver, .dead): true
        default: false
        }
    }

    var outcome: Outcome {
        switch (predecessor, successor) {
        case (.hasHandedOver, .serves): .handedOver
        case (.publishes, _): .goesOn
        case (.dead, .serves): .inheritedFromDead
        case (.hasHandedOver, _): .successorAlone
        default: .nobody
        }
    }

    mutating func begin() { perform(takeover.began()) }

    /// One event; false: nothing can happen any more.
    mutating func step() -> Bool {
        var events: [(String, (inout HandoverModel) -> Void)] = []
        if !up.isEmpty, predecessor != .dead { events.append(("up", { $0.deliverUp() })) }
        if !down.isEmpty, successor == .warms { events.append(("down", { $0.deliverDown() })) }
        if isTelling != nil, predecessor != .dead { events.append(("told", { $0.tell() })) }
        if isAdopting, successor == .warms { events.append(("listens", { $0.listens() })) }
        if successor == .warms { events.append(("time", { $0.pass() })) }
        if !isCalm {
            if predecessor == .holds { events.append(("late", { $0.late() })) }
            if predecessor != .dead, random.chance(0.03) {
                events.append(("the predecessor dies", { $0.predecessorDies() }))
            }
            if successor != .dead, random.chance(0.03) {
                events.append(("the successor dies", { $0.successorDies() }))
            }
            if successor == .warms, random.chance(0.03) {
                events.append(("the successor fails", { $0.successorFails() }))
            }
        }
        guard !events.isEmpty else { return false }
        let (name, event) = events[Int(random.next() % UInt64(events.count))]
        log.append(name)
        event(&self)
        return true
    }

    // MARK: The predecessor

    private mutating func deliverUp() {
        // What comes after the end of the call says nothing.
        switch up.removeFirst() {
        case .step(let step): if !isCallOver { perform(handover.received(step, at: now)) }
        case .end: if !isCallOver { endCall(with: handover.ended()) }
        }
    }

    private mutating func tell() {
        if let isTelling { down.append(.stage(isTelling)) }
        handover.told()
        isTelling = nil
    }

    private mutating func late() { perform(handover.late()) }

    private mutating func endCall(with actions: [HandoverMachine.Action]) {
        perform(actions)
        isCallOver = true
        isTelling = nil
    }

    private mutating func perform(_ actions: [HandoverMachine.Action]) {
        for action in actions {
            switch action {
            case .tellHistory: isTelling = .historyTold
            case .holdAndTellAll:
                predecessor = .holds
                isTelling = .allTold
            case .release: predecessor = .publishes
            case .handOver:
                predecessor = .hasHandedOver
                down.append(.status(.agreed))
                endCall(with: [])
            case .refuse, .giveUp:
                down.append(.status(.refused))
                endCall(with: [])
            }
        }
    }

    private mutating func predecessorDies() {
        predecessor = .dead
        isTelling = nil
        // Some of what it said may still arrive, in order; then the successor hears of the end.
        down.removeLast(Int(random.next() % UInt64(down.count + 1)))
        down.append(.status(.left))
    }

    // MARK: The successor

    private mutating func deliverDown() {
        switch down.removeFirst() {
        case .stage(let stage): perform(takeover.told(stage))
        case .status(let end): perform(takeover.ended(end, ""))
        }
    }

    private mutating func pass() {
        now = now + .milliseconds(Int64(random.next() % 800))
        let awaited = !isCalm && random.chance(0.2) ? ["book"] : []
        perform(takeover.timePassed(now, awaited: awaited))
    }

    private mutating func listens() {
        isAdopting = false
        // The port may be taken.
        perform(!isCalm && random.chance(0.1) ? takeover.fail("port") : takeover.listens(at: now))
    }

    private mutating func perform(_ actions: [TakeoverMachine.Action]) {
        for action in actions {
            switch action {
            case .send(let step): up.append(.step(step))
            case .adopt: isAdopting = true
            case .serve, .beginAnew: successor = .serves
            case .fail:
                successor = .failed
                up.append(.end)
            }
        }
    }

    private mutating func successorFails() {
        // Once it is listening only the predecessor's word counts.
        if takeover.state != .listening { perform(takeover.fail("asked")) }
    }

    private mutating func successorDies() {
        successor = .dead
        up.removeLast(Int(random.next() % UInt64(up.count + 1)))
        up.append(.end)
    }
}
