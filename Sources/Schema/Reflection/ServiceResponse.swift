/// One service.
package struct ServiceResponse: Equatable, Sendable {
    /// Full name.
    package var name: String?

    package init(name: String? = nil) {
        self.name = name
    }
}

extension ServiceResponse: WireMessage {
    package static let table = TableSet.shared["grpc.reflection.v1.ServiceResponse"]

    package func write(to record: Record) {
        record.set(1, name)
    }

    package init(_ record: Record) {
        name = record.get(1)
    }
}
