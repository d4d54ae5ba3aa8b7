/// The status of every service; a map on the wire.
package struct HealthListResponse: Equatable, Sendable {
    package var statuses: [Entry]

    package init(statuses: [Entry] = []) {
        self.statuses = statuses
    }
}

extension HealthListResponse: WireMessage {
    package static let table = TableSet.shared["grpc.health.v1.HealthListResponse"]

    package func write(to record: Record) {
        record.set(1, statuses)
    }

    package init(_ record: Record) {
        statuses = record.list(1)
    }
}

extension HealthListResponse {
    /// One service.
    package struct Entry: Equatable, Sendable {
        package var service: String?
        package var status: HealthCheckResponse?

        package init(service: String? = nil, status: HealthCheckResponse? = nil) {
            self.service = service
            self.status = status
        }
    }
}

extension HealthListResponse.Entry: WireMessage {
    package static let table = TableSet.shared["grpc.health.v1.HealthListResponse.StatusesEntry"]

    package func write(to record: Record) {
        record.set(1, service)
        record.set(2, status)
    }

    package init(_ record: Record) {
        service = record.get(1)
        status = record.get(2)
    }
}
