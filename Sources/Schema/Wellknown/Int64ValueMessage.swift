/// google.protobuf.Int64Value: a number that may be absent.
package struct Int64ValueMessage: Equatable, Sendable {
    package var value: Int64?

    package init(value: Int64? = nil) {
        self.value = value
    }
}

extension Int64ValueMessage: WireMessage {
    package static let table = TableSet.shared["google.protobuf.Int64Value"]

    package func write(to record: Record) {
        record.set(1, value)
    }

    package init(_ record: Record) {
        value = record.get(1)
    }
}
