import Base
import GRPC
import PenstockClient
import Runtime
import Schema
import Testing

/// The client library against a gateway that follows a script.
@Suite(.timeLimit(.minutes(1))) struct PenstockClientTests {
    /// A scripted gateway and a client on one loop; ends both.
    @discardableResult
    private func run<Result: Sendable>(
        token: String? = nil, options: RPCChannelOptions = RPCChannelOptions(),
        _ script: sending @escaping ScriptedGateway.Script,
        _ body: (PenstockClient, Confined<ScriptedGateway>, EventLoop) async throws -> Result
    ) async throws -> Result {
        let loop = try EventLoop(name: "client test")
        let (gateway, endpoint) = try await loop.run {
            let gateway = try ScriptedGateway(on: loop, script)
            return (Confined(gateway, to: loop), "\(gateway.endpoint)")
        }
        let configuration = ClientConfiguration(endpoint: endpoint, token: token)
        let client = try PenstockClient(configuration, on: loop, options: options)
        let result = try await body(client, gateway, loop)
        client.close()
        try await loop.run { gateway.open().close() }
        await loop.stop()
        return result
    }

    private static func live(_ number: Int, _ request: SubscribeRequest, _ call: ScriptedCall) {
        call.subscribed(accepted(bookTopic, sequence: 10))
        call.send(bookUpdate(10, bids: [(10_000, 5)]))
    }

    /// Suspends until the gateway has seen it.
    private func seen(
        _ gateway: Confined<ScriptedGateway>, _ loop: EventLoop,
        _ condition: @escaping @Sendable (ScriptedGateway) -> Bool
    ) async {
        await withCheckedContinuation { continuation in
            loop.execute { gateway.open().wait(condition) { continuation.resume() } }
        }
    }

    @Test func `leaving the loop ends the call at the gateway`() async throws {
        try await run(Self.live) { client, gateway, loop in
            for try await update in client.subscribe(to: [bookTopic]) where update.state.isLive {
                break
            }
            await seen(gateway, loop) { $0.cancellations == 1 }
        }
    }

    @Test func `cancelling the task ends the call at the gateway`() async throws {
        try await run(Self.live) { client, gateway, loop in
            await withTaskGroup(of: PenstockError?.self) { group in
                group.addTask {
                    do throws(PenstockError) {
                        for try await _ in client.subscribe(to: [bookTopic]) {}
                        return nil
                    } catch {
                        return error
                    }
                }
                await seen(gateway, loop) { $0.requests.count == 1 }
                group.cancelAll()
                let error = await group.next()
                #expect(error == .cancelled)
            }
            await seen(gateway, loop) { $0.cancellations == 1 }
        }
    }

    @Test func `a cancelled question ends at once, and its call too`() async throws {
        try await run(Self.live) { client, gateway, loop in
            try await loop.run { gateway.open().answers = { _ in } }
            await withTaskGroup(of: PenstockError?.self) { group in
                group.addTask {
                    do throws(PenstockError) {
                        _ = try await client.snapshot(of: [bookTopic], within: .seconds(60))
                        return nil
                    } catch {
                        return error
                    }
                }
                await seen(gateway, loop) { $0.questions == 1 }
                group.cancelAll()
                let error = await group.next()
                #expect(error == .cancelled)
            }
            await seen(gateway, loop) { $0.cancellations == 1 }
        }
    }

    @Test func `a question that nobody answers ends at its deadline`() async throws {
        try await run(Self.live) { client, gateway, loop in
            try await loop.run { gateway.open().answers = { _ in } }
            do throws(PenstockError) {
                _ = try await client.snapshot(of: [bookTopic], within: .milliseconds(50))
                Issue.record("an answer that nobody gave")
            } catch {
                guard case .deadlineExceeded = error else {
                    Issue.record("\(error)")
                    return
                }
            }
            await seen(gateway, loop) { $0.cancellations == 1 }
        }
    }

    @Test func `nobody there: a subscription waits as long as it was told to`() async throws {
        try await run(Self.live) { client, gateway, loop in
            try await loop.run { gateway.open().close() }
            var options = SubscriptionOptions()
            options.establishWithin = .milliseconds(200)
            let told = Locked<[SubscriptionInterruption]>([])
            options.onInterruption = { note in told.withLock { $0.append(note) } }
            do throws(PenstockError) {
                for try await _ in client.subscribe(to: [bookTopic], options: options) {}
                Issue.record("a subscription to nobody")
            } catch {
                guard case .deadlineExceeded = error else {
                    Issue.record("\(error)")
                    return
                }
            }
            #expect(told.withLock { !$0.isEmpty })
        }
    }

    @Test func `nobody there: a question fails by its deadline`() async throws {
        try await run(Self.live) { client, gateway, loop in
            try await loop.run { gateway.open().close() }
            do throws(PenstockError) {
                _ = try await client.instruments(within: .milliseconds(300))
                Issue.record("an answer of nobody")
            } catch {
                switch error {
                case .unavailable, .deadlineExceeded: break
                default: Issue.record("\(error)")
                }
            }
        }
    }

    @Test(arguments: [
        (RPCCode.unauthenticated, PenstockError.unauthenticated("no")),
        (.permissionDenied, .permissionDenied("no")),
        (.invalidArgument, .refused(code: 3, message: "no")),
    ])
    func `a refusal is a typed error`(code: RPCCode, error: PenstockError) async throws {
        try await run({ _, _, call in call.call.finish(RPCStatus(code, "no")) }) { client, _, _ in
            await #expect(throws: error) {
                for try await _ in client.subscribe(to: [bookTopic]) {}
            }
        }
    }

    @Test func `the token travels with every call, and a new one heals its expiry`() async throws {
        try await run(
            token: "first",
            { number, _, call in
                call.subscribed(accepted(bookTopic, sequence: 10, resumed: number > 0))
                call.send(bookUpdate(10 + UInt64(number), bids: [(10_000, 5)]))
            }
        ) { client, gateway, loop in
            var updates = client.subscribe(to: [bookTopic]).makeAsyncIterator()
            _ = try await updates.first { $0.state.sequence == 10 }
            client.setToken("second")
            try await loop.run {
                gateway.open().calls[0].call.finish(RPCStatus(.unauthenticated, "expired"))
            }
            _ = try await updates.first { $0.state.sequence == 11 }
            let tokens = try await loop.run { gateway.open().tokens }
            #expect(tokens == ["Bearer first", "Bearer second"])
        }
    }

    @Test func `a GOAWAY moves new calls to a new connection and lets old ones live`() async throws
    {
        try await run(Self.live) { client, gateway, loop in
            var first = client.subscribe(to: [bookTopic]).makeAsyncIterator()
            _ = try await first.first { $0.state.isLive }
            try await loop.run { gateway.open().calls[0].goAway() }
            await seen(gateway, loop) { $0.calls[0].hasSaidGoodbye }
            var second = client.subscribe(to: [bookTopic]).makeAsyncIterator()
            _ = try await second.first { $0.state.isLive }
            let counts = try await loop.run {
                gateway.open().calls[0].send(bookUpdate(12, base: 10, bids: [(9, 9)]))
                return (gateway.open().connectionCount, gateway.open().cancellations)
            }
            #expect(counts == (2, 0))
            let old = try await first.first { $0.state.sequence == 12 }
            #expect(old?.state.isLive == true)
        }
    }

    @Test func `a server that falls silent is noticed and left`() async throws {
        var options = RPCChannelOptions()
        options.calls.keepaliveInterval = .milliseconds(50)
        options.calls.keepaliveTimeout = .milliseconds(50)
        try await run(
            options: options,
            { number, _, call in
                call.subscribed(accepted(bookTopic, sequence: 10))
                call.send(bookUpdate(10 + UInt64(number), bids: [(10_000, 5)]))
                // It neither reads nor answers any more, but its socket stays open.
                if number == 0 { call.stream.pauseReading() }
            }
        ) { client, gateway, loop in
            var options = SubscriptionOptions()
            options.statesKeptMax = 1000
            var updates = client.subscribe(to: [bookTopic], options: options).makeAsyncIterator()
            _ = try await updates.first { $0.state.sequence == 10 }
            let stale = try await updates.next()
            #expect(stale?.status == .stale)
            #expect(stale?.change == .status)
            // On a busy machine a second connection may be found silent, too.
            _ = try await updates.first { $0.state.sequence > 10 && $0.state.isLive }
        }
    }

    @Test(arguments: [
        "", "7400", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:70000", ":7400",
        "::1:7400", "http://127.0.0.1:7400", "a b:7400",
    ])
    func `an endpoint that cannot be is refused before anything happens`(text: String) {
        #expect(throws: PenstockError.self) { try PenstockClient(.init(endpoint: text)) }
    }

    @Test(arguments: ["127.0.0.1:7400", "[::1]:7400", "localhost:7400", "gateway.example:7400"])
    func `an endpoint is a host and a port`(text: String) throws {
        _ = try PenstockClient(.init(endpoint: text))
    }

    @Test func `a token does not travel in clear text, except to this machine`() throws {
        _ = try PenstockClient(.init(endpoint: "127.0.0.1:7400", token: "secret"))
        _ = try PenstockClient(.init(endpoint: "a.example:7400", tls: .init(), token: "secret"))
        #expect(throws: PenstockError.self) {
            try PenstockClient(.init(endpoint: "a.example:7400", token: "secret"))
        }
        #expect(throws: PenstockError.self) {
            try PenstockClient(.init(endpoint: "127.0.0.1:7400", token: "two\r\nlines"))
        }
    }
}
