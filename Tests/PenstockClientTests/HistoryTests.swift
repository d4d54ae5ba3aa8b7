import Base
import PenstockClient
import Runtime
import Testing

/// The past of event topics, from the real gateway in process.
@Suite(.timeLimit(.minutes(1))) struct HistoryTests {
    private static let topic = GatewayHost.eventTopic

    /// Calls `body` with a client of a gateway whose topic has had so many events. Sequence 1 told
    /// the topic's status.
    private func withClient(
        events: Int, encoding: ClientConfiguration.MessageEncoding = .protobuf,
        _ body: (PenstockClient) async throws -> Void
    ) async throws {
        let (loop, clientLoop) = (
            try EventLoop(name: "gateway"), try EventLoop(name: "client")
        )
        let (host, address) = try await loop.run {
            let host = try GatewayHost(on: loop)
            host.event(events)
            return (Confined(host, to: loop), host.address)
        }
        var configuration = ClientConfiguration(endpoint: "\(address)")
        configuration.encoding = encoding
        let client = try PenstockClient(configuration, on: clientLoop)
        try await body(client)
        client.close()
        await clientLoop.stop()
        try await loop.run { host.open().drain() }
        await loop.stop()
    }

    @Test(arguments: ClientConfiguration.MessageEncoding.allCases)
    func `a page has the events of its range, in order`(
        encoding: ClientConfiguration.MessageEncoding
    ) async throws {
        try await withClient(events: 10, encoding: encoding) { client in
            var range = HistoryRange(.sequence(3))
            range.lastSequence = 6
            let page = try await client.history(of: Self.topic, in: range)
            #expect(page.events.map(\.sequence) == [3, 4, 5, 6])
            #expect(page.events.allSatisfy { $0.content == .data(Array("event".utf8)) })
            #expect(page.events.allSatisfy { $0.publishTime ?? 0 > 0 })
            #expect(page.gone == nil && page.rest == nil)
            #expect(page.firstSequence == 1 && page.lastSequence == 11)
        }
    }

    @Test func `the rest of each page leads through the whole range`() async throws {
        try await withClient(events: 10) { client in
            var range: HistoryRange? = HistoryRange()
            range?.eventsMax = 4
            var (sequences, pages) = ([UInt64](), 0)
            while let wanted = range {
                let page = try await client.history(of: Self.topic, in: wanted)
                sequences += page.events.map(\.sequence)
                pages += 1
                range = page.rest
            }
            #expect(sequences == Array(1...11))
            #expect(pages == 3)
        }
    }

    @Test func `the newest are asked for by their number`() async throws {
        try await withClient(events: 10) { client in
            let page = try await client.history(of: Self.topic, in: HistoryRange(.last(2)))
            #expect(page.events.map(\.sequence) == [10, 11])
            let later = HistoryRange(.time((page.events.last?.publishTime ?? 0) + 1))
            #expect(try await client.history(of: Self.topic, in: later).events.isEmpty)
        }
    }

    @Test func `of another epoch there is a gap and nothing else`() async throws {
        try await withClient(events: 3) { client in
            var range = HistoryRange()
            range.epoch = 1
            let page = try await client.history(of: Self.topic, in: range)
            #expect(page.events.isEmpty && page.rest == nil)
            #expect(page.gone?.reason == .newEpoch)
            #expect(page.epoch != 1)
        }
    }

    @Test func `how far the past goes is known before it is asked for`() async throws {
        try await withClient(events: 5) { client in
            let replays = try await client.replay(of: [Self.topic, "bench:nowhere"])
            #expect(replays.map(\.topic) == [Self.topic])
            let replay = try #require(replays.first)
            #expect(replay.firstSequence == 1 && replay.lastSequence == 6)
            #expect(replay.events == 6 && replay.eventsMax >= 1000 && replay.bytes > 0)
            let times = (replay.firstTime ?? 0, replay.lastTime ?? 0)
            #expect(0 < times.0 && times.0 <= times.1)
        }
    }

    @Test func `a topic without a past, and a range that cannot be, are refused`() async throws {
        try await withClient(events: 1) { client in
            var backwards = HistoryRange(.sequence(5))
            backwards.lastSequence = 4
            for (topic, range) in [
                (tickTopic, HistoryRange()), ("trade:nowhere:A/B", HistoryRange()),
                (Self.topic, backwards), (Self.topic, HistoryRange(.sequence(0))),
            ] {
                do throws(PenstockError) {
                    _ = try await client.history(of: topic, in: range)
                    Issue.record("\(topic) has a past in \(range)")
                } catch {
                    guard case .refused = error else {
                        Issue.record("\(topic): \(error)")
                        continue
                    }
                }
            }
        }
    }
}
