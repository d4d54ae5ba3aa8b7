/// google.rpc.Status: what `grpc-status-details-bin` holds.
package struct RPCStatusMessage: Equatable, Sendable {
    /// gRPC status code.
    package var code: Int32?
    package var message: String?
    package var details: [AnyMessage]

    package init(code: Int32? = nil, message: String? = nil, details: [AnyMessage] = []) {
        self.code = code
        self.message = message
        self.details = details
    }
}

extension RPCStatusMessage: WireMessage {
    package static let table = TableSet.shared["google.rpc.Status"]

    package func write(to record: Record) {
        record.set(1, code)
        record.set(2, message)
        record.set(3, details)
    }

    package init(_ record: Record) {
        code = record.get(1)
        message = record.get(2)
        details = record.list(3)
    }
}
