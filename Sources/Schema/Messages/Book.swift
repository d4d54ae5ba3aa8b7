/// Levels of a book. Snapshot: all of the window, best first. Delta: changed levels with their new
/// quantity, quantity 0 removes one.
package struct Book: Equatable, Sendable {
    package var bids: BookSide?
    package var asks: BookSide?

    package init(bids: BookSide? = nil, asks: BookSide? = nil) {
        self.bids = bids
        self.asks = asks
    }
}

extension Book: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Book"]

    package func write(to record: Record) {
        record.set(1, bids)
        record.set(2, asks)
    }

    package init(_ record: Record) {
        bids = record.get(1)
        asks = record.get(2)
    }
    /// Lends the columns of both sides.
    @inline(__always)
    package func withWritten(to record: Record, _ body: () -> Void) {
        record.withNested(1, bids) { record.withNested(2, asks, body) }
    }
}
