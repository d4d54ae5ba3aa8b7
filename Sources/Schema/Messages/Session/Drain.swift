/// The server will go.
package struct Drain: Equatable, Sendable {
    /// Nanoseconds since 1970.
    package var deadline: UInt64?
    package var resumeToken: [UInt8]?

    package init(deadline: UInt64? = nil, resumeToken: [UInt8]? = nil) {
        self.deadline = deadline
        self.resumeToken = resumeToken
    }
}

extension Drain: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Drain"]

    package func write(to record: Record) {
        record.set(1, deadline)
        record.set(2, resumeToken)
    }

    package init(_ record: Record) {
        deadline = record.get(1)
        resumeToken = record.get(2)
    }
}
