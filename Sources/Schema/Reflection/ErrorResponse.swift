/// Why a reflection request failed.
package struct ErrorResponse: Equatable, Sendable {
    /// gRPC status code.
    package var code: Int32?
    package var message: String?

    package init(code: Int32? = nil, message: String? = nil) {
        self.code = code
        self.message = message
    }
}

extension ErrorResponse: WireMessage {
    package static let table = TableSet.shared["grpc.reflection.v1.ErrorResponse"]

    package func write(to record: Record) {
        record.set(1, code)
        record.set(2, message)
    }

    package init(_ record: Record) {
        code = record.get(1)
        message = record.get(2)
    }
}
