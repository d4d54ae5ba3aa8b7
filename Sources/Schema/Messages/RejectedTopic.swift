/// A topic that was not accepted, and why.
package struct RejectedTopic: Equatable, Sendable {
    /// As the client wrote it.
    package var name: String?
    /// gRPC status code.
    package var code: UInt32?
    /// For people.
    package var message: String?

    package init(name: String? = nil, code: UInt32? = nil, message: String? = nil) {
        self.name = name
        self.code = code
        self.message = message
    }
}

extension RejectedTopic: WireMessage {
    package static let table = TableSet.shared["penstock.v1.RejectedTopic"]

    package func write(to record: Record) {
        record.set(1, name)
        record.set(2, code)
        record.set(3, message)
    }

    package init(_ record: Record) {
        name = record.get(1)
        code = record.get(2)
        message = record.get(3)
    }
}
