/// Limits that were reached.
package struct QuotaFailure: Equatable, Sendable {
    package var violations: [Violation]

    package init(violations: [Violation] = []) {
        self.violations = violations
    }
}

extension QuotaFailure: WireMessage {
    package static let table = TableSet.shared["google.rpc.QuotaFailure"]

    package func write(to record: Record) {
        record.set(1, violations)
    }

    package init(_ record: Record) {
        violations = record.list(1)
    }
}

extension QuotaFailure {
    /// One limit.
    package struct Violation: Equatable, Sendable {
        /// Whose limit it is.
        package var subject: String?
        /// Which limit it is and how to live with it.
        package var description: String?

        package init(subject: String? = nil, description: String? = nil) {
            self.subject = subject
            self.description = description
        }
    }
}

extension QuotaFailure.Violation: WireMessage {
    package static let table = TableSet.shared["google.rpc.QuotaFailure.Violation"]

    package func write(to record: Record) {
        record.set(1, subject)
        record.set(2, description)
    }

    package init(_ record: Record) {
        subject = record.get(1)
        description = record.get(2)
    }
}
