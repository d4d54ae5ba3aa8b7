import Base
import Core
import GRPC
import Identity
import Runtime
import Testing

@testable import Gateway

@Suite struct MemoryLedgerTests {
    private func held(_ bytes: Int, _ owner: String? = nil) -> HeldBytes {
        HeldBytes(bytes: bytes, owner: owner)
    }

    @Test func `new connections are refused first, and then one has to go`() {
        var ledger = MemoryLedger(ceiling: 1000)
        ledger.changed(from: held(0), to: held(750))
        #expect(!ledger.refusesConnections && !ledger.isExceeded)
        ledger.changed(from: held(0), to: held(1))
        #expect(ledger.refusesConnections && !ledger.isExceeded)
        ledger.changed(from: held(750), to: held(999))
        #expect(!ledger.isExceeded)
        ledger.changed(from: held(1), to: held(2))
        #expect(ledger.isExceeded && ledger.total == 1001)
        ledger.changed(from: held(999), to: held(0))
        #expect(!ledger.refusesConnections && ledger.total == 2)
    }

    @Test func `the connections of a caller count together, from when he is known`() {
        var ledger = MemoryLedger(ceiling: 1000, ownerCeiling: 100)
        ledger.changed(from: held(0), to: held(60))
        ledger.changed(from: held(60), to: held(60, "one"))
        ledger.changed(from: held(0), to: held(40, "one"))
        ledger.changed(from: held(0), to: held(100, "two"))
        #expect(!ledger.isExceeded(by: "one") && !ledger.isExceeded(by: "two"))
        #expect(ledger.total == 200 && ledger.largestOwnerBytes == 100)
        ledger.changed(from: held(40, "one"), to: held(41, "one"))
        #expect(ledger.isExceeded(by: "one") && !ledger.isExceeded(by: "two"))
        ledger.changed(from: held(60, "one"), to: held(0))
        #expect(!ledger.isExceeded(by: "one") && ledger.total == 141)
        ledger.changed(from: held(41, "one"), to: held(0, "one"))
        ledger.changed(from: held(100, "two"), to: held(0))
        #expect(ledger.total == 0 && ledger.largestOwnerBytes == 0)
    }

    /// Says whose a call is: each takes the next name.
    private final class Callers: RPCInterceptor {
        private let interceptor: AuthenticationInterceptor
        private var names: ArraySlice<String>

        init(_ names: [String], _ loop: EventLoop) {
            self.names = names[...]
            interceptor = AuthenticationInterceptor(
                loop: loop,
                authenticator: Authenticator(
                    .none(.anonymous(RoleSet([.viewer]), topics: .everythingPublic))),
                metrics: MetricRegistry())
        }

        func admit(_ call: RPCCall) -> RPCStatus? {
            let principal = Principal(
                subject: names.removeFirst(), roles: RoleSet([.viewer]),
                topics: .everythingPublic, origin: .certificate)
            call.identity = CallIdentity(
                principal, role: .viewer, call: call, interceptor: interceptor)
            return nil
        }
    }

    /// Clients, each with the name of its caller and the bytes it makes us hold.
    private func connect(
        _ clients: KeyValuePairs<String, Int>, bound: Int,
        _ body: (GatewayRig, [RawClient]) async throws -> Void
    ) async throws {
        var options = GatewayOptions()
        // Clients of this test answer no PING.
        options.rpc.keepaliveInterval = .seconds(600)
        options.limits.identityBytesMax = bound
        let loop = try EventLoop(name: "callers")
        options.interceptors = [Callers(clients.map(\.key), loop)]
        let rig = try await GatewayRig(options)
        var connected: [RawClient] = []
        for (_, bytes) in clients {
            let client = await rig.connect(saying: GatewayRig.unfinishedMessage(bytes: bytes))
            await client.waitUntilHeard()
            connected.append(client)
        }
        let total = clients.reduce(0) { $0 + $1.value }
        try await rig.wait { _, server in server.group.heldBytes >= total }
        #expect(await rig.closedCount(connected) == 0)
        try await body(rig, connected)
        await rig.stop()
        await loop.stop()
    }

    @Test(.timeLimit(.minutes(1)))
    func `a caller over his budget loses his largest connection, and others lose nothing`()
        async throws
    {
        try await connect(
            ["other": 70_000, "one": 40_000, "one": 60_000], bound: 101_000
        ) { rig, clients in
            RawClient.say([(clients[1], GatewayRig.moreOfMessage(bytes: 10_000))])
            await clients[2].waitUntilClosed()
            #expect(rig.metric("penstock_gateway_limits_total{limit=\"identity_memory\"}") == 1)
            #expect(rig.metric("penstock_gateway_limits_total{limit=\"memory\"}") == 0)
            let kept = [clients[0], clients[1]]
            #expect(await rig.closedCount(kept) == 0)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `of two callers who come to be over their budgets at once, each loses his own`()
        async throws
    {
        try await connect(
            ["one": 40_000, "one": 60_000, "two": 60_000, "two": 40_000, "other": 90_000],
            bound: 105_000
        ) { rig, clients in
            let more = GatewayRig.moreOfMessage(bytes: 10_000)
            RawClient.say([(clients[0], more), (clients[3], more)])
            await clients[1].waitUntilClosed()
            await clients[2].waitUntilClosed()
            #expect(rig.metric("penstock_gateway_limits_total{limit=\"identity_memory\"}") == 2)
            let kept = [clients[0], clients[3], clients[4]]
            #expect(await rig.closedCount(kept) == 0)
        }
    }
}
