/// Asks whether a service serves.
package struct HealthCheckRequest: Equatable, Sendable {
    /// Full service name; empty: the server.
    package var service: String?

    package init(service: String? = nil) {
        self.service = service
    }
}

extension HealthCheckRequest: WireMessage {
    package static let table = TableSet.shared["grpc.health.v1.HealthCheckRequest"]

    package func write(to record: Record) {
        record.set(1, service)
    }

    package init(_ record: Record) {
        service = record.get(1)
    }
}
