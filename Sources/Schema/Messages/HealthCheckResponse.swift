/// Whether the service serves.
package struct HealthCheckResponse: Equatable, Sendable {
    package var status: ServingStatus?

    package init(status: ServingStatus? = nil) {
        self.status = status
    }
}

extension HealthCheckResponse: WireMessage {
    package static let table = TableSet.shared["grpc.health.v1.HealthCheckResponse"]

    package func write(to record: Record) {
        record.set(1, status)
    }

    package init(_ record: Record) {
        status = record.get(1)
    }
}
