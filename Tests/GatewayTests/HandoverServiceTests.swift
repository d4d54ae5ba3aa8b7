import Base
import Core
import GRPC
import HTTP2
import Runtime
import Schema
import Testing

@testable import Gateway

/// `Handover.Take` over HTTP/2 in memory; only its limits take time.
@Suite(.timeLimit(.minutes(1))) struct HandoverServiceTests {
    @Test func `a successor is told the history, then everything, and then serves`() async throws {
        try await withHost { host in
            host.topic.append([1])
            host.turn.end()
            let reply = host.take(.begin)
            let history = try host.texts(reply)
            #expect(history == ["bench:0 1, 2", "historyTold"])
            #expect(host.owner.log == [])
            host.topic.append([2])
            host.turn.end()
            host.topic.append([3])
            host.say(.ready, on: reply)
            // Held before the last is told.
            #expect(host.owner.log == ["hold"])
            let all = try host.texts(reply)
            #expect(all == history + ["bench:0 3, 4", "allTold"])
            #expect(reply.status == nil)
            host.say(.listening, on: reply)
            #expect(reply.status?.code == .ok)
            #expect(host.owner.log == ["hold", "handedOver"])
        }
    }

    @Test func `a history larger than the windows is told as it is taken`() async throws {
        try await withHost { host in
            for size in 0..<40 { host.topic.append([UInt8](repeating: 1, count: 30_000 + size)) }
            host.turn.end()
            let reply = host.take(.begin)
            host.exchangeAll()
            host.say(.ready, on: reply)
            host.exchangeAll()
            let parts = try host.parts(reply)
            let sequences = parts.compactMap(\.topic).flatMap(\.events).map(\.sequence)
            #expect(sequences == (1...41).map { UInt64($0) })
            #expect(parts.compactMap(\.stage) == [.historyTold, .allTold])
            #expect(parts.last?.stage == .allTold)
        }
    }

    @Test func `the end of a stage is told too when the windows are full before it`() async throws {
        try await withHost { host in
            // More than the window: the rest is queued, and what follows is refused for now.
            let size = 2 * Int(HTTP2Limits.client.streamReceiveWindow)
            host.topic.append([UInt8](repeating: 1, count: size))
            host.turn.end()
            let reply = host.take(.begin)
            host.exchangeAll()
            let first = try host.parts(reply)
            #expect(first.compactMap(\.stage) == [.historyTold])
            host.topic.append([UInt8](repeating: 1, count: size))
            host.turn.end()
            host.say(.ready, on: reply)
            host.exchangeAll()
            let all = try host.parts(reply)
            #expect(all.compactMap(\.stage) == [.historyTold, .allTold])
            host.say(.listening, on: reply)
            #expect(reply.status?.code == .ok)
        }
    }

    @Test(arguments: [0, 1, 2])
    func `another successor is refused, and the first one goes on`(steps: Int) async throws {
        try await withHost { host in
            let reply = host.take(.begin)
            if steps > 0 { host.say(.ready, on: reply) }
            if steps > 1 { host.say(.listening, on: reply) }
            let other = host.take(.begin)
            #expect(other.status?.code == .failedPrecondition)
            #expect(other.messages.isEmpty)
            if steps == 0 { host.say(.ready, on: reply) }
            if steps < 2 { host.say(.listening, on: reply) }
            #expect(reply.status?.code == .ok)
            #expect(host.owner.log == ["hold", "handedOver"])
        }
    }

    @Test(arguments: [nil, 0, 2] as [UInt32?])
    func `another version is refused, and changes nothing`(version: UInt32?) async throws {
        try await withHost { host in
            let reply = host.take(.begin, version: version)
            #expect(reply.status?.code == .failedPrecondition)
            #expect(reply.status?.message.contains("version") == true)
            #expect(reply.messages.isEmpty && host.owner.log == [])
            host.expectNext()
        }
    }

    @Test(arguments: [TakeoverStage.ready, .listening, .unspecified])
    func `a step out of order is refused`(stage: TakeoverStage) async throws {
        try await withHost { host in
            let first = host.take(stage)
            #expect(first.status?.code == .failedPrecondition)
            let second = host.take(.begin)
            host.say(stage == .ready ? .begin : stage, on: second)
            #expect(second.status?.code == .failedPrecondition)
            #expect(host.owner.log == [])
            let third = host.take(.begin)
            host.say(.ready, on: third)
            host.say(stage == .listening ? .ready : stage, on: third)
            #expect(third.status?.code == .failedPrecondition)
            #expect(host.owner.log == ["hold", "release"])
            host.expectNext()
        }
    }

    @Test(arguments: [false, true])
    func `a call that is lost frees what was held, and the place`(isHeld: Bool) async throws {
        try await withHost { host in
            let reply = host.take(.begin)
            if isHeld { host.say(.ready, on: reply) }
            reply.call!.cancel()
            host.pair.exchange()
            #expect(host.owner.log == (isHeld ? ["hold", "release"] : []))
            host.expectNext()
        }
    }

    @Test func `a connection that is lost frees what was held`() async throws {
        try await withHost { host in
            let reply = host.take(.begin)
            host.say(.ready, on: reply)
            host.pair.server.connectionLost()
            #expect(host.owner.log == ["hold", "release"])
        }
    }

    @Test(arguments: [false, true])
    func `a successor that ends its side is never told OK, which would mean that it serves`(
        isHeld: Bool
    ) async throws {
        try await withHost { host in
            let reply = host.take(.begin)
            if isHeld { host.say(.ready, on: reply) }
            reply.call!.halfClose()
            host.pair.exchange()
            #expect(reply.status != nil && reply.status?.code != .ok)
            #expect(host.owner.log == (isHeld ? ["hold", "release"] : []))
            host.expectNext()
        }
    }

    @Test func `a successor that ends its side after its last step serves`() async throws {
        try await withHost { host in
            let reply = host.take(.begin)
            host.say(.ready, on: reply)
            let step = TakeoverStep(.listening).encoded(.protobuf)
            _ = step.withRawSpan { reply.call!.send($0) }
            reply.call!.halfClose()
            host.pair.exchange()
            #expect(reply.status?.code == .ok)
            #expect(host.owner.log == ["hold", "handedOver"])
        }
    }

    @Test func `bytes that are no step free what was held`() async throws {
        try await withHost { host in
            let reply = host.take(.begin)
            host.say(.ready, on: reply)
            _ = [0xff, 0xff, 0xff].withRawSpan { reply.call!.send($0) }
            host.pair.exchange()
            #expect(reply.status?.code == .invalidArgument)
            #expect(host.owner.log == ["hold", "release"])
            host.expectNext()
        }
    }

    // MARK: Limits

    @Test func `what is held for too long is released, and the successor told not to serve`()
        async throws
    {
        let loop = try EventLoop(name: "handover-test")
        let log = await withCheckedContinuation { continuation in
            loop.execute {
                let host = Host(on: loop)
                let reply = host.take(.begin)
                host.say(.ready, on: reply)
                host.owner.released = {
                    // The status leaves after the release.
                    loop.schedule(after: .zero) {
                        host.pair.exchange()
                        let code = reply.status.map { "\($0.code)" } ?? "none"
                        host.say(.listening, on: reply)
                        continuation.resume(returning: host.owner.log + [code])
                    }
                }
            }
        }
        #expect(log == ["hold", "release", "\(RPCCode.deadlineExceeded)"])
        await loop.stop()
    }

    @Test func `nobody is waited for where no successor is about to take over`() async throws {
        try await withHost { host in
            var settled = 0
            host.service.whenSettled(within: .seconds(60)) { settled += 1 }
            #expect(settled == 1)
            let reply = host.take(.begin)
            host.service.whenSettled(within: .seconds(60)) { settled += 1 }
            #expect(settled == 1)
            reply.call!.cancel()
            host.pair.exchange()
            #expect(settled == 2)
        }
    }

    @Test func `a successor is waited for until it has taken over`() async throws {
        try await withHost { host in
            let reply = host.take(.begin)
            var settled = 0
            host.service.whenSettled(within: .seconds(60)) { settled += 1 }
            host.say(.ready, on: reply)
            #expect(settled == 0)
            host.say(.listening, on: reply)
            #expect(settled == 1)
            host.service.whenSettled(within: .seconds(60)) { settled += 1 }
            #expect(settled == 2)
        }
    }

    @Test func `a successor is waited for no longer than the limit`() async throws {
        let loop = try EventLoop(name: "handover-test")
        let log = await withCheckedContinuation { continuation in
            loop.execute {
                let host = Host(on: loop)
                let reply = host.take(.begin)
                host.service.whenSettled(within: .milliseconds(20)) {
                    continuation.resume(returning: host.owner.log + ["\(reply.status == nil)"])
                }
            }
        }
        #expect(log == ["true"])
        await loop.stop()
    }

    // MARK: Helpers

    private func withHost(_ body: @escaping @Sendable (Host) throws -> Void) async throws {
        let loop = try EventLoop(name: "handover-test")
        do {
            try await loop.run { try body(Host(on: loop)) }
        } catch {
            await loop.stop()
            throw error
        }
        await loop.stop()
    }
}

/// A hub with one topic that can be handed over, and clients that may take it. Confined to the
/// loop.
private final class Host {
    let turn = StillTurn()
    let pair = RPCPair()
    let owner = Owner()
    let hub: Hub
    let topic: EventTopic
    let service: HandoverService

    static let path = "/penstock.handover.v1.Handover/Take"

    init(on loop: EventLoop) {
        hub = Hub(turn: turn, metrics: MetricRegistry())
        topic = hub.addEventTopic(named: "bench:0")
        turn.end()
        service = HandoverService(
            hub: hub, loop: loop, address: SocketAddress("127.0.0.1:7400")!, owner: owner)
        service.register(in: pair.router)
    }

    func take(_ stage: TakeoverStage, version: UInt32? = 1) -> RPCReply {
        let isBegin = stage == .begin
        let step = TakeoverStep(
            stage, version: isBegin ? version : nil, address: isBegin ? "127.0.0.1:7400" : nil)
        return pair.call(Self.path, step.encoded(.protobuf), halfClose: false)
    }

    func say(_ stage: TakeoverStage, on reply: RPCReply) {
        _ = TakeoverStep(stage).encoded(.protobuf).withRawSpan { reply.call!.send($0) }
        pair.exchange()
    }

    /// Until the server has nothing left to send.
    func exchangeAll() {
        for _ in 0..<200 {
            pair.server.outputDrained()
            pair.exchange()
        }
    }

    func parts(_ reply: RPCReply) throws -> [HandoverPart] {
        try reply.messages.map { bytes in
            try bytes.withRawSpan { try HandoverPart(decoding: $0, .protobuf) }
        }
    }

    /// Topics with the sequences of their events, and stages.
    func texts(_ reply: RPCReply) throws -> [String] {
        try parts(reply).map { part in
            if let stage = part.stage { return "\(stage)" }
            let sequences = part.topic?.events.compactMap(\.sequence).map { "\($0)" } ?? []
            return "\(part.topic?.name ?? "") " + sequences.joined(separator: ", ")
        }
    }

    /// The next successor is served.
    func expectNext() {
        let held = owner.log
        let reply = take(.begin)
        say(.ready, on: reply)
        say(.listening, on: reply)
        #expect(reply.status?.code == .ok)
        #expect(owner.log == held + ["hold", "handedOver"])
    }
}

private final class Owner: HandoverOwner {
    private(set) var log: [String] = []
    var released: () -> Void = {}

    func hold() { log.append("hold") }
    func release() {
        log.append("release")
        released()
    }
    func handedOver() { log.append("handedOver") }
}
