/// Positions were recorded.
package struct Acknowledged: Equatable, Sendable {
    /// How many.
    package var positions: UInt32?

    package init(positions: UInt32? = nil) {
        self.positions = positions
    }
}

extension Acknowledged: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Acknowledged"]

    package func write(to record: Record) {
        record.set(1, positions)
    }

    package init(_ record: Record) {
        positions = record.get(1)
    }
}
