/// Fields of the request that were wrong.
package struct BadRequest: Equatable, Sendable {
    package var violations: [FieldViolation]

    package init(violations: [FieldViolation] = []) {
        self.violations = violations
    }
}

extension BadRequest: WireMessage {
    package static let table = TableSet.shared["google.rpc.BadRequest"]

    package func write(to record: Record) {
        record.set(1, violations)
    }

    package init(_ record: Record) {
        violations = record.list(1)
    }
}

extension BadRequest {
    /// One field.
    package struct FieldViolation: Equatable, Sendable {
        /// Path in the request, for example "topics[3]".
        package var field: String?
        /// Why it is wrong and what is allowed.
        package var description: String?
        /// As in `ErrorInfo`.
        package var reason: String?

        package init(field: String? = nil, description: String? = nil, reason: String? = nil) {
            self.field = field
            self.description = description
            self.reason = reason
        }
    }
}

extension BadRequest.FieldViolation: WireMessage {
    package static let table = TableSet.shared["google.rpc.BadRequest.FieldViolation"]

    package func write(to record: Record) {
        record.set(1, field)
        record.set(2, description)
        record.set(3, reason)
    }

    package init(_ record: Record) {
        field = record.get(1)
        description = record.get(2)
        reason = record.get(3)
    }
}
