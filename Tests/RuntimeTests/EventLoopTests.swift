import Base
import Testing

@testable import Runtime

@Suite(.timeLimit(.minutes(1))) struct EventLoopTests {
    @Test func `timers fire by deadline, and equal ones in the order they were set`() async throws {
        try await withLoop { loop in
            let order = Promise<[Int]>()
            loop.execute {
                var fired: [Int] = []
                loop.schedule(after: .milliseconds(9)) {
                    fired.append(4)
                    order.keep(fired)
                }
                loop.schedule(after: .milliseconds(6)) { fired.append(3) }
                loop.schedule(after: .milliseconds(1)) { fired.append(1) }
                loop.schedule(after: .milliseconds(3)) { fired.append(2) }
            }
            #expect(await order.value == [1, 2, 3, 4])
        }
    }

    @Test func `a cancelled timer does not fire, and cancelling a fired one is harmless`()
        async throws
    {
        try await withLoop { loop in
            let order = Promise<[Int]>()
            loop.execute {
                var fired: [Int] = []
                let early = loop.schedule(after: .milliseconds(1)) { fired.append(1) }
                let cancelled = loop.schedule(after: .milliseconds(2)) { fired.append(2) }
                loop.cancel(cancelled)
                loop.schedule(after: .milliseconds(3)) {
                    loop.cancel(early)
                    loop.cancel(cancelled)
                    loop.schedule(after: .zero) { order.keep(fired + [3]) }
                }
            }
            #expect(await order.value == [1, 3])
        }
    }

    @Test func `ten thousand timers in any order fire sorted, less the cancelled ones`() {
        var heap = TimerHeap()
        var random = SeededRandom(seed: 7)
        var fired: [Int64] = []
        var ids: [(Int64, TimerID)] = []
        for _ in 0..<10000 {
            let deadline = Int64.random(in: 0..<5000, using: &random)
            let id = heap.add(at: Instant(nanoseconds: deadline)) { fired.append(deadline) }
            ids.append((deadline, id))
        }
        var kept: [Int64] = []
        for (deadline, id) in ids {
            if random.chance(0.7) { heap.cancel(id) } else { kept.append(deadline) }
        }
        #expect(heap.count == kept.count)
        while let work = heap.takeDue(at: Instant(nanoseconds: 2500)) { work() }
        #expect(fired == kept.filter { $0 <= 2500 }.sorted())
        while let work = heap.takeDue(at: Instant(nanoseconds: .max)) { work() }
        #expect(fired == kept.sorted())
        #expect(heap.nextDeadline() == nil)
    }

    @Test func `work from one thread runs in the order it was handed in, whoever else sends`()
        async throws
    {
        try await withLoop { loop in
            let senders = 4
            let count = 2000
            let log = try await loop.run { Confined(Journal(), to: loop) }
            await withTaskGroup(of: Void.self) { group in
                for sender in 0..<senders {
                    group.addTask {
                        for number in 0..<count {
                            loop.execute { log.open().entries[sender, default: []].append(number) }
                        }
                    }
                }
            }
            let entries = try await loop.run { log.open().entries }
            #expect(entries.count == senders)
            for numbers in entries.values { #expect(numbers == Array(0..<count)) }
        }
    }

    private final class Journal {
        var entries: [Int: [Int]] = [:]
    }

    @Test func `a batch for a sleeping loop costs one wake`() {
        let mailbox = Mailbox()
        #expect(!mailbox.append(.closure {}), "a loop that is awake was woken")
        var batch: [Mailbox.Work] = []
        #expect(!mailbox.fallAsleep(), "the loop fell asleep on waiting work")
        mailbox.take(into: &batch)
        #expect(batch.count == 1)
        batch.removeAll()
        #expect(mailbox.fallAsleep())
        #expect(
            (0..<5).map { _ in mailbox.append(.closure {}) } == [true, false, false, false, false])
        mailbox.take(into: &batch)
        #expect(batch.count == 5)
    }

    private actor Pinned {
        let loop: EventLoop
        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
        private(set) var calls = 0

        init(loop: EventLoop) { self.loop = loop }

        func isOnLoop() async -> Bool {
            calls += 1
            let before = loop.isCurrent
            await Task.yield()
            return before && loop.isCurrent
        }
    }

    @Test func `an actor pinned to a loop runs on its thread, after suspensions too`() async throws
    {
        try await withLoop { loop in
            let pinned = Pinned(loop: loop)
            #expect(!loop.isCurrent)
            for _ in 0..<100 { #expect(await pinned.isOnLoop()) }
            #expect(await pinned.calls == 100)
            let assumed = try await loop.run { pinned.assumeIsolated { $0.calls } }
            #expect(assumed == 100)
        }
    }

    @Test func `run gives back what the work returns or throws`() async throws {
        try await withLoop { loop in
            let answer = try await loop.run { loop.isCurrent }
            #expect(answer)
            let error = SystemError.timedOut(doing: "test", limit: .seconds(1))
            do {
                try await loop.run { throw error }
                Issue.record("nothing was thrown")
            } catch let thrown as SystemError {
                #expect(thrown == error)
            }
        }
    }

    @Test func `the end of a turn comes after the work of the turn and before its sends`()
        async throws
    {
        try await withLoop { loop in
            let endpoint = try await loop.listenEcho()
            let reply = Promise<String>()
            loop.execute {
                let peer = Peer()
                peer.onOpened = { stream in
                    loop.atEndOfTurn {
                        stream.output.append("c")
                        loop.atEndOfTurn { stream.output.append("d") }
                    }
                    stream.output.append("a")
                    stream.flushAtEndOfTurn()
                    stream.output.append("b")
                }
                peer.onReceived = { bytes, _ in reply.keep(String(decoding: bytes, as: UTF8.self)) }
                loop.connect(endpoint, peer)
            }
            #expect(await reply.value == "abcd")
        }
    }

    @Test func `stopping finishes work already handed in and closes open streams`() async throws {
        let loop = try EventLoop(name: "stop")
        let endpoint = try await loop.listenEcho()
        let opened = Promise<Bool>()
        let closed = Promise<Bool>()
        loop.execute {
            let peer = Peer()
            peer.onOpened = { _ in opened.keep(true) }
            peer.onClosed = { _ in closed.keep(true) }
            loop.connect(endpoint, peer)
        }
        #expect(await opened.value)
        let ran = Promise<Bool>()
        loop.execute { ran.keep(true) }
        await loop.stop()
        #expect(await ran.value)
        #expect(await closed.value)
        await loop.stop()
    }
}
