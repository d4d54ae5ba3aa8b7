/// Events that this subscriber will not get.
package struct Gap: Equatable, Sendable {
    package var reason: GapReason?
    /// Topic sequences not delivered, inclusive.
    package var fromSequence: UInt64?
    package var toSequence: UInt64?
    /// Venue ids lost upstream, inclusive.
    package var fromID: UInt64?
    package var toID: UInt64?

    package init(
        reason: GapReason? = nil, fromSequence: UInt64? = nil, toSequence: UInt64? = nil,
        fromID: UInt64? = nil, toID: UInt64? = nil
    ) {
        self.reason = reason
        self.fromSequence = fromSequence
        self.toSequence = toSequence
        self.fromID = fromID
        self.toID = toID
    }
}

extension Gap: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Gap"]

    package func write(to record: Record) {
        record.set(1, reason)
        record.set(2, fromSequence)
        record.set(3, toSequence)
        record.set(4, fromID)
        record.set(5, toID)
    }

    package init(_ record: Record) {
        reason = record.get(1)
        fromSequence = record.get(2)
        toSequence = record.get(3)
        fromID = record.get(4)
        toID = record.get(5)
    }
}
