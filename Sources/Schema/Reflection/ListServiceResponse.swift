/// All services of the server.
package struct ListServiceResponse: Equatable, Sendable {
    package var services: [ServiceResponse]

    package init(services: [ServiceResponse] = []) {
        self.services = services
    }
}

extension ListServiceResponse: WireMessage {
    package static let table = TableSet.shared["grpc.reflection.v1.ListServiceResponse"]

    package func write(to record: Record) {
        record.set(1, services)
    }

    package init(_ record: Record) {
        services = record.list(1)
    }
}
