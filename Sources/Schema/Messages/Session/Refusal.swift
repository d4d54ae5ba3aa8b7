/// Why a request was not met.
package struct Refusal: Equatable, Sendable {
    /// gRPC status code.
    package var code: UInt32?
    /// For people: what is wrong and what is allowed.
    package var message: String?
    /// Path in the request.
    package var field: String?
    /// Subscription that the request named.
    package var id: UInt32?

    package init(
        code: UInt32? = nil, message: String? = nil, field: String? = nil, id: UInt32? = nil
    ) {
        self.code = code
        self.message = message
        self.field = field
        self.id = id
    }
}

extension Refusal: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Refusal"]

    package func write(to record: Record) {
        record.set(1, code)
        record.set(2, message)
        record.set(3, field)
        record.set(4, id)
    }

    package init(_ record: Record) {
        code = record.get(1)
        message = record.get(2)
        field = record.get(3)
        id = record.get(4)
    }
}
