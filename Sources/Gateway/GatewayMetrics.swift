internal import Base
internal import Runtime

/// What the gateway counts. Names are listed in the README's metric table.
package struct GatewayMetrics {
    let connections: Gauge
    let acceptedConnections: Counter
    let refusedConnections: Counter
    let protocolErrors: Counter
    let handshakes: Counter
    let failedHandshakes: Counter
    let refusedCleartext: Counter
    let certificateExpiry: Gauge
    /// What connections hold for their peers.
    let heldBytes: Gauge
    /// Of one caller's connections, at most.
    let largestOwnerBytes: Gauge

    let sends: Counter
    let sendBatches: Counter

    /// - Parameters:
    ///   - loop: number of the server's loop.
    ///   - posts: what that loop got through its mailbox.
    init(_ registry: MetricRegistry, loop: Int, posts: Counter) {
        registry.adopt(
            posts, "penstock_loop_mailbox_posts_total",
            help: "Work handed to a loop through its mailbox.", labels: [("loop", "\(loop)")])
        sends = registry.counter(
            "penstock_socket_sends_total", help: "Sends of a loop's connections.",
            labels: [("loop", "\(loop)")])
        sendBatches = registry.counter(
            "penstock_socket_send_batches_total",
            help: "Calls that took many sends of a loop at once, through io_uring.",
            labels: [("loop", "\(loop)")])
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
        handshakes = registry.counter(
            "penstock_gateway_tls_handshakes_total", help: "TLS handshakes completed.")
        failedHandshakes = registry.counter(
            "penstock_gateway_tls_handshakes_failed_total",
            help: "TLS handshakes that failed or took too long.")
        refusedCleartext = registry.counter(
            "penstock_gateway_cleartext_refused_total",
            help: "Connections refused because they came without TLS.")
        certificateExpiry = registry.gauge(
            "penstock_gateway_certificate_expiry_seconds",
            help: "When the first TLS certificate ends, in seconds since 1970 UTC.")
        // The name that every Prometheus client library gives it.
        registry.elapsed(
            "process_cpu_seconds_total", help: "Time that the process used of all processors."
        ) { UInt64(max(0, ProcessFigures.processorTime.wholeNanoseconds)) }
        heldBytes = registry.gauge(
            "penstock_gateway_held_bytes",
            help: "Bytes held for clients: output, queues, unfinished messages and headers.")
        largestOwnerBytes = registry.gauge(
            "penstock_gateway_identity_held_bytes_max",
            help: "Bytes held for the authenticated caller for whom most are held.")
    }
}
