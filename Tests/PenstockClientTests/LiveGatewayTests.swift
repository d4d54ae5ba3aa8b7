import Base
import PenstockClient
import Runtime
import Testing

/// The client library against the real gateway, in process.
@Suite(.timeLimit(.minutes(1))) struct LiveGatewayTests {
    /// A gateway on a loop of its own, and a client for it on another.
    private struct Pair {
        let loop: EventLoop
        let clientLoop: EventLoop
        let host: Confined<GatewayHost>
        let address: SocketAddress
        let client: PenstockClient

        init(encoding: ClientConfiguration.MessageEncoding = .protobuf) async throws {
            let loop = try EventLoop(name: "gateway")
            clientLoop = try EventLoop(name: "client")
            self.loop = loop
            (host, address) = try await loop.run {
                let host = try GatewayHost(on: loop)
                return (Confined(host, to: loop), host.address)
            }
            var configuration = ClientConfiguration(endpoint: "\(address)")
            configuration.encoding = encoding
            client = try PenstockClient(configuration, on: clientLoop)
        }

        /// Another process in its place: the same port, other epochs.
        func restart() async throws -> Confined<GatewayHost> {
            let (loop, host, address) = (loop, host, address)
            return try await loop.run {
                host.open().drain()
                return Confined(try GatewayHost(on: loop, at: address), to: loop)
            }
        }

        func end() async {
            client.close()
            await clientLoop.stop()
            await loop.stop()
        }
    }

    @Test(arguments: ClientConfiguration.MessageEncoding.allCases)
    func `states arrive merged, and events one by one`(
        encoding: ClientConfiguration.MessageEncoding
    ) async throws {
        let pair = try await Pair(encoding: encoding)
        let (loop, host) = (pair.loop, pair.host)
        try await loop.run { try host.open().tick(100, 101, 1) }
        var updates = pair.client.subscribe(to: [tickTopic, GatewayHost.eventTopic])
            .makeAsyncIterator()
        let first = try await updates.first { $0.topic == tickTopic && $0.state.isLive }
        #expect(first?.state.bestBid?.price.description == "100")
        #expect(first?.change == .whole)
        try await loop.run { try host.open().tick(100, 102, 2) }
        let second = try await updates.first { $0.state.venueSequence == 2 }
        #expect(second?.state.bestBid?.price.description == "100")
        #expect(second?.state.bestAsk?.price.description == "102")
        #expect(second?.change == .tick)
        try await loop.run { host.open().event(3) }
        for sequence in 2...4 as ClosedRange<UInt64> {
            let event = try await updates.first { $0.topic == GatewayHost.eventTopic }
            #expect(event?.state.sequence == sequence)
            #expect(event?.change == .data(Array("event".utf8)))
        }
        await pair.end()
    }

    @Test func `subscriptions and questions share one connection`() async throws {
        let pair = try await Pair()
        let (loop, host) = (pair.loop, pair.host)
        try await loop.run { try host.open().tick(100, 101, 1) }
        var first = pair.client.subscribe(to: [tickTopic]).makeAsyncIterator()
        var second = pair.client.subscribe(to: [tickTopic]).makeAsyncIterator()
        #expect(try await first.first { $0.state.isLive } != nil)
        #expect(try await second.first { $0.state.isLive } != nil)
        let states = try await pair.client.snapshot(of: [tickTopic])
        #expect(states.map(\.topic) == [tickTopic])
        #expect(states.first?.bestAsk?.price.description == "101")
        #expect(try await pair.client.instruments(venue: "binance").isEmpty)
        let count = try await loop.run {
            host.open().metric("penstock_gateway_connections_accepted_total")
        }
        #expect(count == "1")
        await pair.end()
    }

    @Test func `what the gateway refuses is a typed error`() async throws {
        let pair = try await Pair()
        await #expect(throws: PenstockError.self) {
            try await pair.client.snapshot(of: [tickTopic])
        }
        do throws(PenstockError) {
            _ = try await pair.client.instruments(venue: "nowhere")
            Issue.record("an unknown venue was found")
        } catch {
            guard case .refused(code: 5, _) = error else {
                Issue.record("\(error)")
                return
            }
        }
        var updates = pair.client.subscribe(to: ["tick:nowhere:A/B"]).makeAsyncIterator()
        let rejection = try await updates.next()
        guard case .rejected(let topic)? = rejection?.change else {
            Issue.record("expected a rejection, got \(String(describing: rejection))")
            return
        }
        #expect(topic.topic == "tick:nowhere:A/B" && topic.code == 5)
        await #expect(throws: PenstockError.rejected([topic])) { try await updates.next() }
        #expect(try await updates.next() == nil)
        await pair.end()
    }

    @Test func `a gateway that begins anew makes states stale, then right again`() async throws {
        let pair = try await Pair()
        let (loop, host) = (pair.loop, pair.host)
        try await loop.run {
            try host.open().tick(100, 101, 1)
            host.open().event(5)
        }
        var options = SubscriptionOptions()
        options.statesKeptMax = 1000
        var updates = pair.client.subscribe(
            to: [tickTopic, GatewayHost.eventTopic], options: options
        ).makeAsyncIterator()
        let before = try await updates.first { $0.topic == tickTopic && $0.state.isLive }
        try await loop.run { host.open().event() }
        _ = try await updates.first { $0.topic == GatewayHost.eventTopic && $0.gap == nil }

        let next = try await pair.restart()
        try await loop.run {
            try next.open().tick(200, 201, 9)
            next.open().event(2)
        }
        var (seenStale, seenGap, after) = (false, false, before)
        while let update = try await updates.next() {
            // The last state stays, marked, until the new gateway speaks: it may say that it has
            // none yet.
            if update.topic == tickTopic && update.status == .stale,
                update.state.epoch == before?.state.epoch
            {
                seenStale = true
                #expect(update.state.bestBid?.price.description == "100")
            }
            if update.gap?.reason == .newEpoch { seenGap = true }
            if update.topic == tickTopic && update.state.isLive { after = update }
            if seenGap && after?.state.epoch != before?.state.epoch { break }
        }
        #expect(seenStale && seenGap)
        #expect(after?.state.bestBid?.price.description == "200")
        await pair.end()
    }

    @Test func `a slow consumer gets the newest state and named gaps`() async throws {
        let pair = try await Pair()
        let (loop, host) = (pair.loop, pair.host)
        var options = SubscriptionOptions()
        options.eventsKeptMax = 16
        let topics = [tickTopic, GatewayHost.eventTopic]
        var slow = pair.client.subscribe(to: topics, options: options).makeAsyncIterator()
        var quick = pair.client.subscribe(to: topics).makeAsyncIterator()
        try await loop.run { try host.open().tick(1, 2, 1) }
        _ = try await slow.first { $0.state.isLive && $0.topic == tickTopic }
        _ = try await quick.first { $0.state.isLive && $0.topic == tickTopic }

        // Sequence 1 told the topic's status.
        let last = UInt64(3001)
        for number in 1...30 {
            try await loop.run {
                host.open().event(100)
                try host.open().tick(Int64(number), Int64(number) + 1, UInt64(number) + 1)
            }
        }
        _ = try await quick.first {
            $0.topic == GatewayHost.eventTopic && $0.state.sequence == last
        }
        var (reached, lost, tick) = (UInt64(1), 0, UInt64(0))
        while reached < last || tick < 31 {
            let update = try await slow.next()
            if let gap = update?.gap {
                #expect(gap.reason == .slowConsumer)
                #expect(gap.sequences?.lowerBound == reached + 1)
                lost += gap.sequences?.count ?? 0
                reached = gap.sequences?.upperBound ?? reached
            } else if update?.topic == GatewayHost.eventTopic {
                #expect(update?.state.sequence == reached + 1)
                reached += 1
            } else {
                tick = update?.state.venueSequence ?? tick
            }
        }
        #expect(lost > 0)
        await pair.end()
    }

    @Test func `when the client is closed its sequences end`() async throws {
        let pair = try await Pair()
        let client = pair.client
        var updates = client.subscribe(to: [GatewayHost.eventTopic]).makeAsyncIterator()
        _ = try await client.instruments()
        client.close()
        #expect(try await updates.first { _ in false } == nil)
        await #expect(throws: PenstockError.closed) { try await client.instruments() }
        await pair.end()
    }
}
