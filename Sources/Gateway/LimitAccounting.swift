internal import Base
internal import GRPC
internal import Runtime

/// Counts every limit that a client reached, and logs it at `warning`, once a second a peer: of all
/// loops together.
final class LimitAccounting {
    private let counters: [String: Counter]
    private let group: ServerGroup
    private let log = Log("limits")

    init(_ registry: MetricRegistry, group: ServerGroup) {
        self.group = group
        let names = RPCLimit.all.map(\.name) + GatewayLimit.allCases.map(\.rawValue)
        precondition(Set(names).count == names.count, "two limits have one name")
        counters = Dictionary(
            uniqueKeysWithValues: names.map { name in
                let counter = registry.counter(
                    "penstock_gateway_limits_total",
                    help: "Limits that clients reached, by the name of the limit.",
                    labels: [("limit", name)])
                return (name, counter)
            })
    }

    func reached(_ limit: RPCLimit, by peer: SocketAddress) { reached(limit.name, peer) }

    func reached(_ limit: GatewayLimit, by peer: SocketAddress) { reached(limit.rawValue, peer) }

    private func reached(_ name: String, _ peer: SocketAddress) {
        counters[name]?.add()
        guard group.allowsLine(about: peer, now: Clock.now()) else { return }
        log.warning("a client reached a limit", [("limit", name), ("peer", "\(peer)")])
    }
}
