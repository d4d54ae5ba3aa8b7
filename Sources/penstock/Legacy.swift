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
    private var server: GatewayServer?
    private var service: HandoverService?

    init(of node: GatewayNode, hub: Hub, feeds: [BinanceFeed], at path: String) throws {
        (self.node, self.feeds) = (node, feeds)
        let service = HandoverService(hub: hub, loop: node.loop, owner: self)
        let server = GatewayServer(
            loop: node.loop, metrics: MetricRegistry(), services: [service])
        try server.listen(atPath: path)
        (self.service, self.server) = (service, server)
    }

    /// Suspends while a successor is about to take over, but not longer than `limit`.
    func settle(
        within limit: Duration, isolation: isolated (any Actor)? = #isolation
    ) async {
        await withCheckedContinuation { continuation in
            guard let service else { return continuation.resume() }
            service.whenSettled(within: limit) { continuation.resume() }
        }
    }

    func close() { server?.drain(within: .zero) {} }

    // MARK: HandoverOwner

    func hold() {
        for feed in feeds { feed.hold() }
    }

    func release() {
        for feed in feeds { feed.release() }
    }

    func handedOver() {
        Task { [node] in await node.leave(hasSuccessor: true) }
    }
}
