/// Asks for the status of every service. Holds nothing.
package struct HealthListRequest: Equatable, Sendable {
    package init() {}
}

extension HealthListRequest: WireMessage {
    package static let table = TableSet.shared["grpc.health.v1.HealthListRequest"]

    package func write(to record: Record) {}

    package init(_ record: Record) {}
}
