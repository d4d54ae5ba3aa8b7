import Testing

@testable import Runtime

@Suite(.timeLimit(.minutes(1))) struct ServiceGroupTests {
    private final class Diary: Sendable {
        private let lines = Locked<[String]>([])
        func write(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    private struct Refusal: Error {}

    /// Runs until it is shut down, fails when told to, or pays no attention to anything.
    private final class Worker: Service {
        let name: String
        private let diary: Diary
        private let end = Promise<Result<Void, Refusal>>()
        private let isDeaf: Bool

        init(_ name: String, _ diary: Diary, isDeaf: Bool = false) {
            (self.name, self.diary, self.isDeaf) = (name, diary, isDeaf)
        }

        func run() async throws {
            diary.write("\(name) runs")
            if isDeaf {
                try await Task.sleep(for: .seconds(3600))
            } else {
                try await end.value.get()
            }
            diary.write("\(name) ended")
        }

        func shutDown() async {
            diary.write("\(name) is shut down")
            if !isDeaf { end.keep(.success(())) }
        }

        func fail() { end.keep(.failure(Refusal())) }
    }

    private static let orderly = [
        "a runs", "b runs", "c runs", "c is shut down", "c ended", "b is shut down", "b ended",
        "a is shut down", "a ended",
    ]

    @Test func `services start in order and are shut down in reverse, one after the other`()
        async throws
    {
        let diary = Diary()
        let group = ServiceGroup(["a", "b", "c"].map { Worker($0, diary) })
        try await group.run(until: {})
        #expect(diary.all == Self.orderly)
    }

    @Test func `a cancelled group is shut down in the same order`() async throws {
        let diary = Diary()
        let group = ServiceGroup(["a", "b", "c"].map { Worker($0, diary) })
        let task = Task { try await group.run() }
        task.cancel()
        try await task.value
        #expect(diary.all == Self.orderly)
    }

    @Test func `when one fails the others are shut down and the failure is reported`() async throws
    {
        let diary = Diary()
        let workers = ["a", "b", "c"].map { Worker($0, diary) }
        workers[1].fail()
        let error = await #expect(throws: ServiceGroupError.self) {
            try await ServiceGroup(workers).run()
        }
        guard case .failed(service: "b", is Refusal)? = error else {
            Issue.record("another error: \(error as Any)")
            return
        }
        #expect(
            diary.all == [
                "a runs", "b runs", "c runs", "c is shut down", "c ended", "a is shut down",
                "a ended",
            ])
    }

    @Test func `one that does not end is cancelled when the budget is spent, and named`()
        async throws
    {
        let diary = Diary()
        let workers = [Worker("a", diary, isDeaf: true), Worker("b", diary)]
        let group = ServiceGroup(workers, budget: .milliseconds(20), grace: .milliseconds(20))
        let error = await #expect(throws: ServiceGroupError.self) { try await group.run(until: {}) }
        guard case .overran(let services, budget: .milliseconds(20))? = error else {
            Issue.record("another error: \(error as Any)")
            return
        }
        #expect(services == ["a"])
        #expect(diary.all.suffix(3) == ["b is shut down", "b ended", "a is shut down"])
    }

    @Test func `the group ends by itself when all services have ended`() async throws {
        let diary = Diary()
        let worker = Worker("a", diary)
        await worker.shutDown()
        try await ServiceGroup([worker]).run()
        #expect(diary.all == ["a is shut down", "a runs", "a ended"])
        try await ServiceGroup([]).run()
    }

    @Test func `asking to stop twice, or late timers, change nothing`() {
        var machine = ServiceGroupMachine(count: 2)
        #expect(machine.stopAsked() == [.startBudget, .shutDown(1)])
        #expect(machine.stopAsked() == [])
        #expect(machine.graceSpent() == [])
        #expect(machine.serviceEnded(0, failed: true) == [])
        #expect(machine.serviceEnded(1, failed: false) == [.finish(overran: [])])
        #expect(machine.budgetSpent() == [])
        #expect(machine.stopAsked() == [])
    }
}
