internal import Base
internal import Connectors
internal import Core
internal import Gateway
internal import Runtime

/// What this process leaves to its successor, offered at a socket of this machine. Confined to the
/// loop.
final class Legacy: HandoverOwner {
    private let feeds: [BinanceFeed]
    private let node: GatewayNode
    private let server: GatewayServer
    private var door: GatewayServer?
    private var service: HandoverService?

    /// Listens beside the path; `offer` makes it known.
    init(
        of node: GatewayNode, hub: Hub, feeds: [BinanceFeed], server: GatewayServer,
        address: SocketAddress, besidePath path: String
    ) throws(SystemError) {
        (self.node, self.feeds, self.server) = (node, feeds, server)
        let service = HandoverService(hub: hub, loop: node.loop, address: address, owner: self)
        let door = GatewayServer(loop: node.loop, metrics: MetricRegistry(), services: [service])
        try door.listen(besidePath: path)
        (self.service, self.door) = (service, door)
    }

    func offer() throws(SystemError) { try door?.publish() }

    var isTaken: Bool { service?.hasHandedOver ?? false }

    /// Suspends while a successor is about to take over, but not longer than `limit`.
    func settle(
        within limit: Duration, isolation: isolated (any Actor)? = #isolation
    ) async {
        await withCheckedContinuation { continuation in
            guard let service else { return continuation.resume() }
            service.whenSettled(within: limit) { continuation.resume() }
        }
    }

    func close() { door?.drain(within: .zero) {} }

    // MARK: HandoverOwner

    func hold() {
        server.keepPort()
        for feed in feeds { feed.hold() }
    }

    func release() {
        for feed in feeds { feed.release() }
    }

    func handedOver() {
        node.assumeIsolated { $0.leave() }
    }
}
