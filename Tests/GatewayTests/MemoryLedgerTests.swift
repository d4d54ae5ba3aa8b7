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

    /// Says that every call comes from the same caller, but for the first, which is another one's.
    private final class Callers: RPCInterceptor {
        private let interceptor: AuthenticationInterceptor
        private var count = 0

        init(_ interceptor: AuthenticationInterceptor) { self.interceptor = interceptor }

        func admit(_ call: RPCCall) -> RPCStatus? {
            let principal = Principal(
                subject: count == 0 ? "other" : "one", roles: RoleSet([.viewer]),
                topics: .everythingPublic, origin: .certificate)
            count += 1
            call.identity = CallIdentity(
                principal, role: .viewer, call: call, interceptor: interceptor)
            return nil
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a caller over his budget loses his largest connection, and others lose nothing`()
        async throws
    {
        var options = GatewayOptions()
        // Clients of this test answer no PING.
        options.rpc.keepaliveInterval = .seconds(600)
        options.limits.identityBytesMax = 101_000
        let loop = try EventLoop(name: "callers")
        options.interceptors = [
            Callers(
                AuthenticationInterceptor(
                    loop: loop,
                    authenticator: Authenticator(
                        .none(.anonymous(RoleSet([.viewer]), topics: .everythingPublic))),
                    metrics: MetricRegistry()))
        ]
        let rig = try await GatewayRig(options)
        func client(_ bytes: Int) async -> RawClient {
            let client = await rig.connect(saying: GatewayRig.unfinishedMessage(bytes: bytes))
            await client.waitUntilHeard()
            return client
        }
        let other = await client(70_000)
        let small = await client(40_000)
        let large = await client(60_000)
        #expect(await rig.closedCount([other, small, large]) == 0)
        let third = await client(10_000)
        await large.waitUntilClosed()
        #expect(rig.metric("penstock_gateway_limits_total{limit=\"identity_memory\"}") == 1)
        #expect(rig.metric("penstock_gateway_limits_total{limit=\"memory\"}") == 0)
        #expect(await rig.closedCount([other, small, third]) == 0)
        await rig.stop()
        await loop.stop()
    }
}
