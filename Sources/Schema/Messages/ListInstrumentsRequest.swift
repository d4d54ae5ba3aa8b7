/// Asks what the configured venues list.
package struct ListInstrumentsRequest: Equatable, Sendable {
    /// Only this venue; all when nil.
    package var venue: String?

    package init(venue: String? = nil) {
        self.venue = venue
    }
}

extension ListInstrumentsRequest: WireMessage {
    package static let table = TableSet.shared["penstock.v1.ListInstrumentsRequest"]

    package func write(to record: Record) {
        record.set(1, venue)
    }

    package init(_ record: Record) {
        venue = record.get(1)
    }
}
