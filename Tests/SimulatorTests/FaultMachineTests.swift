import Base
import Simulator
import Testing

@Suite struct FaultMachineTests {
    private func decisions(_ machine: FaultMachine, _ count: Int) -> [FaultDecision] {
        var machine = machine
        return (0..<count).map { _ in machine.nextMessage() }
    }

    @Test(arguments: Fault.Kind.allCases.filter { !$0.isOfSnapshots })
    func `a kind hits about as many messages as asked for`(kind: Fault.Kind) {
        let machine = FaultMachine(
            faults: [Fault(kind: kind, rate: 0.05)], seed: 1, connection: 1)
        let hits = decisions(machine, 20_000).count { $0 != .send }
        #expect((800...1200).contains(hits))
    }

    @Test func `seed and connection decide alone`() {
        let faults = [Fault(kind: .drop, rate: 0.1), Fault(kind: .reorder, rate: 0.1)]
        func machine(_ seed: UInt64, _ connection: UInt64) -> FaultMachine {
            FaultMachine(faults: faults, seed: seed, connection: connection)
        }
        let first = decisions(machine(5, 1), 1000)
        #expect(first == decisions(machine(5, 1), 1000))
        #expect(first != decisions(machine(6, 1), 1000))
        #expect(first != decisions(machine(5, 2), 1000))
    }

    @Test func `another kind does not move the drops`() {
        let drop = Fault(kind: .drop, rate: 0.1)
        let alone = decisions(FaultMachine(faults: [drop], seed: 2, connection: 1), 1000)
        let both = decisions(
            FaultMachine(
                faults: [drop, Fault(kind: .duplicate, rate: 0.2)], seed: 2, connection: 1), 1000)
        #expect(alone.map { $0 == .drop } == both.map { $0 == .drop })
    }

    @Test func `late and stale hit depth answers only`() {
        var machine = FaultMachine(
            faults: [Fault(kind: .snapshotLate, rate: 1), Fault(kind: .snapshotStale, rate: 1)],
            seed: 1, connection: 0)
        #expect(machine.nextMessage() == .send)
        #expect(!machine.touchesMessages)
        let decision = machine.nextSnapshot()
        #expect(decision.isStale)
        #expect(decision.delay >= .seconds(1) && decision.delay <= .seconds(3))
    }

    @Test(arguments: ["drop", "drop:", "drop:2", "drop:-1", "lose:0.1", "drop:0.1:2", ""])
    func `a fault that cannot be read is refused`(text: String) {
        #expect(Fault(text) == nil)
    }

    @Test func `every kind has a name`() {
        let names = [
            "drop", "duplicate", "reorder", "truncate", "stall", "disconnect",
            "snapshot-late", "snapshot-stale",
        ]
        #expect(Fault.Kind.allCases.map(\.rawValue) == names)
        #expect(Fault("snapshot-late:0.5") == Fault(kind: .snapshotLate, rate: 0.5))
    }
}
