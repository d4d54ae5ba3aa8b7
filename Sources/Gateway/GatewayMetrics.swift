internal import Base

/// What the gateway counts. Names are listed in the README's metric table.
package struct GatewayMetrics {
    let connections: Gauge
    let acceptedConnections: Counter
    let refusedConnections: Counter
    let protocolErrors: Counter
    /// What connections hold for their peers.
    let heldBytes: Gauge

    init(_ registry: MetricRegistry) {
        connections = registry.gauge(
            "penstock_gateway_connections", help: "Open client connections.")
        acceptedConnections = registry.counter(
            "penstock_gateway_connections_accepted_total", help: "Client connections accepted.")
        refusedConnections = registry.counter(
            "penstock_gateway_connections_refused_total",
            help: "Client connections closed at once because the limit was reached.")
        protocolErrors = registry.counter(
            "penstock_gateway_protocol_errors_total",
            help: "Connections ended because the client broke HTTP.")
        heldBytes = registry.gauge(
            "penstock_gateway_held_bytes",
            help: "Bytes held for clients: output, queues, unfinished messages and headers.")
    }
}
