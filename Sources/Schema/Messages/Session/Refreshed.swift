/// The new credentials hold.
package struct Refreshed: Equatable, Sendable {
    /// Nanoseconds since 1970.
    package var expiryTime: UInt64?

    package init(expiryTime: UInt64? = nil) {
        self.expiryTime = expiryTime
    }
}

extension Refreshed: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Refreshed"]

    package func write(to record: Record) {
        record.set(1, expiryTime)
    }

    package init(_ record: Record) {
        expiryTime = record.get(1)
    }
}
