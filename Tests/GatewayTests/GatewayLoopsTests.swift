import Base
import Runtime
import Testing

@testable import Gateway

@Suite struct `Gateways on several loops` {
    private static let preface: [UInt8] =
        Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]

    private func question(_ path: String) -> [UInt8] {
        Array("GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8)
    }

    @Test(arguments: [1, 2, 3])
    func `each connection goes to the loop that has the fewest`(loops: Int) async throws {
        let rig = try await GatewayRig(loops: loops)
        var clients: [RawClient] = []
        for count in 1...2 * loops {
            let client = await rig.connect(saying: Self.preface)
            await client.waitUntilHeard()
            clients.append(client)
            #expect(rig.spread.reduce(0, +) == count)
            #expect(rig.spread.max()! - rig.spread.min()! <= 1)
        }
        #expect(rig.metric("penstock_gateway_connections") == 2 * loops)
        #expect(rig.metric("penstock_gateway_connections_accepted_total") == 2 * loops)
        await rig.drain()
        for client in clients { await client.waitUntilClosed() }
        #expect(rig.spread == Array(repeating: 0, count: loops))
        #expect(rig.metric("penstock_gateway_connections") == 0)
        await rig.end()
    }

    @Test func `a loop whose connections ended is the next to get some`() async throws {
        let rig = try await GatewayRig(loops: 3)
        var clients: [RawClient] = []
        for _ in 0..<6 {
            let client = await rig.connect(saying: Self.preface)
            await client.waitUntilHeard()
            clients.append(client)
        }
        for client in [clients[1], clients[4]] {
            await client.close()
        }
        while rig.spread != [2, 0, 2] { await Task.yield() }
        for expected in [[2, 1, 2], [2, 2, 2]] {
            let client = await rig.connect(saying: Self.preface)
            await client.waitUntilHeard()
            #expect(rig.spread == expected)
        }
        await rig.stop()
    }

    @Test func `the limit of connections counts those of all loops`() async throws {
        var limits = GatewayLimits()
        limits.connectionsMax = 2
        let rig = try await GatewayRig(limits: limits, loops: 2)
        let clients = [
            await rig.connect(saying: Self.preface), await rig.connect(saying: Self.preface),
        ]
        for client in clients { await client.waitUntilHeard() }
        let third = await rig.connect()
        await third.waitUntilClosed()
        #expect(await rig.closedCount(clients) == 0)
        #expect(rig.metric("penstock_gateway_limits_total{limit=\"connections\"}") == 1)
        await rig.stop()
    }

    @Test func `the connection that holds the most is ended, on whatever loop it is`() async throws
    {
        var limits = GatewayLimits()
        limits.memoryBytesMax = 120_000
        let rig = try await GatewayRig(limits: limits, loops: 3)
        let message = { GatewayRig.unfinishedMessage(bytes: $0) }
        let small = await rig.connect(saying: message(10_000))
        let large = await rig.connect(saying: message(70_000))
        let other = await rig.connect(saying: message(50_000))
        await large.waitUntilClosed()
        #expect(await rig.closedCount([small, other]) == 0)
        #expect(rig.spread.reduce(0, +) == 2)
        await rig.stop()
    }

    @Test func `health is the same on every loop, also while the gateway drains`() async throws {
        let rig = try await GatewayRig(loops: 2)
        let first = await rig.connect(saying: Self.preface)
        await first.waitUntilHeard()
        let second = await rig.connect(saying: question("/healthz"))
        await second.waitUntilClosed()
        #expect(await second.text.hasPrefix("HTTP/1.1 200"))
        let (front, behind) = (rig.servers[0], rig.servers[1])
        #expect(try await behind.loop.run { behind.open().health.serves("") })
        try await front.loop.run { front.open().drain(within: .zero) {} }
        // What was posted to the other loop comes before this question.
        #expect(try await behind.loop.run { !behind.open().health.serves("") })
        await rig.end()
    }
}
