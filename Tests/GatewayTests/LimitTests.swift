import Base
import Core
import GRPC
import HTTP2
import Runtime
import Testing

@testable import Gateway

/// Limits of the whole gateway, over real sockets.
@Suite struct LimitTests {
    @Test(.timeLimit(.minutes(1)), arguments: ["connections", "connections_per_address"])
    func `one connection too many is closed, and the others stay`(limit: String) async throws {
        var options = GatewayOptions()
        if limit == "connections" {
            options.limits.connectionsMax = 2
        } else {
            options.limits.connectionsPerAddressMax = 2
        }
        let rig = try await GatewayRig(options)
        let kept = [await rig.connect(), await rig.connect()]
        let refused = await rig.connect()
        await refused.waitUntilClosed()
        #expect(await rig.closedCount(kept) == 0)
        #expect(rig.metric("penstock_gateway_limits_total{limit=\"\(limit)\"}") == 1)
        #expect(rig.metric("penstock_gateway_connections_refused_total") == 1)
        await rig.stop()
    }

    @Test(.timeLimit(.minutes(1)))
    func `a connection that says nothing is closed and counted`() async throws {
        var options = GatewayOptions()
        options.limits.handshakeTimeout = .milliseconds(50)
        let rig = try await GatewayRig(options)
        await (await rig.connect()).waitUntilClosed()
        #expect(rig.metric("penstock_gateway_limits_total{limit=\"handshake_time\"}") == 1)
        await rig.stop()
    }

    @Test(.timeLimit(.minutes(1)))
    func `a client that vanished is given up after keepalive`() async throws {
        var options = GatewayOptions()
        options.rpc.keepaliveInterval = .milliseconds(50)
        options.rpc.keepaliveTimeout = .milliseconds(50)
        let rig = try await GatewayRig(options)
        let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
        await (await rig.connect(saying: preface)).waitUntilClosed()
        #expect(rig.metric("penstock_gateway_limits_total{limit=\"keepalive\"}") == 1)
        await rig.stop()
    }

    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func `a connection that holds too much is ended, and so is the largest of all`(
        isOfOne: Bool
    ) async throws {
        var options = GatewayOptions()
        // Clients of this test answer no PING.
        options.rpc.keepaliveInterval = .seconds(600)
        if isOfOne {
            options.limits.connectionBytesMax = 60_500
        } else {
            options.limits.memoryBytesMax = 120_000
        }
        let rig = try await GatewayRig(options)
        let small = await rig.connect(saying: GatewayRig.unfinishedMessage(bytes: 10_000))
        let large = await rig.connect(saying: GatewayRig.unfinishedMessage(bytes: 70_000))
        let other = await rig.connect(saying: GatewayRig.unfinishedMessage(bytes: 50_000))
        await large.waitUntilClosed()
        #expect(rig.metric("penstock_gateway_limits_total{limit=\"memory\"}") == 1)
        #expect(await rig.closedCount([small, other]) == 0)
        await rig.stop()
    }

    @Test(.timeLimit(.minutes(1)))
    func `a connection that says no more, and for which topics make too much, is ended`()
        async throws
    {
        var options = GatewayOptions()
        (options.rpc.keepaliveInterval, options.rpc.outputStallMax) = (.seconds(600), .seconds(600))
        options.limits.connectionBytesMax = 20_000
        let rig = try await GatewayRig(options)
        let client = await rig.connect(saying: GatewayRig.subscription())
        // Long after it said something: nobody has reason to ask it any more.
        try await rig.wait { topic, server in topic.subscriberCount == 1 && server.census.isEmpty }
        rig.publish([UInt8](repeating: 7, count: 100_000))
        await client.waitUntilClosed()
        #expect(rig.metric("penstock_gateway_limits_total{limit=\"memory\"}") == 1)
        await rig.stop()
    }

    @Test func `every limit has a counter from the start`() {
        let registry = MetricRegistry()
        _ = LimitAccounting(registry, group: ServerGroup(GatewayLimits()))
        let text = registry.prometheusText()
        for name in RPCLimit.all.map(\.name) + GatewayLimit.allCases.map(\.rawValue) {
            #expect(text.contains("penstock_gateway_limits_total{limit=\"\(name)\"} 0"))
        }
    }
}
