import Base
import GRPC
import Market
import PenstockClient
import Runtime
import Schema
import Streams
import Testing

/// A client against a scripted gateway, both on one loop, and what the client told. Confined.
private final class Rig: SubscriptionSink {
    let gateway: ScriptedGateway
    private(set) var client: RunningSubscription?
    private let channel: RPCChannel
    private(set) var told: [String] = []
    private var waiting: (text: String, continuation: CheckedContinuation<Void, Never>)?

    init(
        on loop: EventLoop, topics: [String], codec: Codec,
        _ script: @escaping ScriptedGateway.Script
    ) throws {
        gateway = try ScriptedGateway(on: loop, script)
        channel = RPCChannel(to: gateway.endpoint, on: loop)
        client = RunningSubscription(
            topics: topics, codec: codec, over: channel, on: loop, seed: 1, sink: self)
    }

    func stop() {
        client?.stop()
        channel.close()
        gateway.close()
    }

    func wait(for text: String, _ continuation: CheckedContinuation<Void, Never>) {
        if told.contains(where: { $0.contains(text) }) { return continuation.resume() }
        waiting = (text, continuation)
    }

    private func tell(_ text: String) {
        told.append(text)
        guard let waiting, text.contains(waiting.text) else { return }
        self.waiting = nil
        waiting.continuation.resume()
    }

    func updated(_ state: MergedState, by update: Update) {
        // A sink may look at all states from inside.
        #expect(client?.states.contains(state) == true)
        let best = state.bids.best.map { "\($0.price)" } ?? "-"
        tell("\(state.kind) \(state.position?.sequence ?? 0) \(state.status) \(best)")
    }
    func statusChanged(_ state: MergedState) { tell("\(state.kind) is \(state.status)") }
    func rejected(_ topic: RejectedTopic, _ state: MergedState) {
        tell("rejected \(topic.name ?? "")")
    }
    func interrupted(_ reason: String, retryingAfter delay: Duration) {
        #expect(delay >= .milliseconds(50) && delay <= .seconds(5))
        tell("interrupted")
    }
    func ended(_ status: RPCStatus?) { tell("ended \(status.map { "\($0.code)" } ?? "empty")") }
}

@Suite(.timeLimit(.minutes(1))) struct RunningSubscriptionTests {
    /// Runs the script until the client has told `last`; gives back what it told and what the
    /// gateway was asked.
    private func run(
        topics: [String] = [bookTopic], codec: Codec = .protobuf, until last: String,
        _ script: sending @escaping ScriptedGateway.Script
    ) async throws -> (told: [String], requests: [SubscribeRequest], subtypes: [RPCSubtype]) {
        let loop = try EventLoop(name: "client test")
        let rig = try await loop.run {
            let rig = try Rig(on: loop, topics: topics, codec: codec, script)
            rig.client?.start()
            return Confined(rig, to: loop)
        }
        await withCheckedContinuation { continuation in
            loop.execute { rig.open().wait(for: last, continuation) }
        }
        let result = try await loop.run {
            let rig = rig.open()
            rig.stop()
            return (rig.told, rig.gateway.requests, rig.gateway.subtypes)
        }
        await loop.stop()
        return result
    }

    @Test(arguments: [Codec.protobuf, .messagePack])
    func `a subscription delivers merged states in both codecs`(codec: Codec) async throws {
        let result = try await run(codec: codec, until: "book 12") { _, _, call in
            call.subscribed(accepted(bookTopic, sequence: 10))
            call.send(
                bookUpdate(10, bids: [(10_000, 5)]), bookUpdate(12, base: 10, bids: [(10_001, 5)]))
        }
        #expect(result.told == ["book 10 live 100", "book 12 live 100.01"])
        #expect(result.requests == [SubscribeRequest(topics: [bookTopic])])
        #expect(result.subtypes == [codec == .messagePack ? .messagePack : .protobuf])
    }

    @Test func `a broken connection is made again and resumed`() async throws {
        let result = try await run(until: "book 12") { number, _, call in
            if number == 0 {
                call.subscribed(accepted(bookTopic, sequence: 10))
                call.send(bookUpdate(10, bids: [(10_000, 5)]))
                call.stream.closeAfterFlush()
            } else {
                call.subscribed(accepted(bookTopic, sequence: 11, resumed: true))
                call.send(bookUpdate(12, base: 10, bids: [(10_001, 5)]))
            }
        }
        let told = [
            "book 10 live 100", "book is stale", "interrupted", "book is live",
            "book 12 live 100.01",
        ]
        #expect(result.told == told)
        #expect(
            result.requests.last?.resume == [
                TopicPosition(topic: bookTopic, epoch: 9, sequence: 10)
            ])
    }

    @Test func `a hole is healed by a snapshot`() async throws {
        let result = try await run(until: "book 20") { number, _, call in
            call.subscribed(accepted(bookTopic, sequence: 10))
            if number == 0 {
                call.send(
                    bookUpdate(10, bids: [(10_000, 5)]), bookUpdate(13, base: 12),
                    bookUpdate(14, base: 13))
            } else {
                call.send(bookUpdate(20, bids: [(9000, 5)]))
            }
        }
        let told = ["book 10 live 100", "book is stale", "interrupted", "book 20 live 90"]
        #expect(result.told == told)
        #expect(result.requests.map(\.resume.isEmpty) == [true, true])
    }

    @Test func `bytes that are no update do not end the subscription`() async throws {
        let result = try await run(until: "book 10") { number, _, call in
            if number == 0 {
                [UInt8](repeating: 0xff, count: 9).withRawSpan { call.call.send($0) }
            } else {
                call.subscribed(accepted(bookTopic, sequence: 10))
                call.send(bookUpdate(10))
            }
        }
        #expect(result.told == ["interrupted", "book 10 live -"])
    }

    @Test func `a call that is refused ends it`() async throws {
        let result = try await run(until: "ended") { _, _, call in
            call.call.finish(RPCStatus(.invalidArgument, "no"))
        }
        #expect(result.told == ["ended invalidArgument"])
        #expect(result.requests.count == 1)
    }

    @Test func `when every topic is rejected it ends`() async throws {
        let rejected = RejectedTopic(name: bookTopic, code: 5, message: "unknown")
        let result = try await run(until: "ended") { _, _, call in
            call.send(Update(payload: .subscribed(Subscribed(rejected: [rejected]))))
            call.call.finish(RPCStatus(.notFound, "all topics were rejected"))
        }
        #expect(result.told == ["rejected \(bookTopic)", "ended empty"])
    }

    @Test func `a server that is not there is asked again, and again`() async throws {
        let loop = try EventLoop(name: "client test")
        let rig = try await loop.run {
            let rig = try Rig(on: loop, topics: [bookTopic], codec: .protobuf) { _, _, _ in }
            rig.gateway.close()
            rig.client?.start()
            return Confined(rig, to: loop)
        }
        await withCheckedContinuation { continuation in
            loop.execute { rig.open().wait(for: "interrupted", continuation) }
        }
        try await loop.run { rig.open().stop() }
        await loop.stop()
    }
}
