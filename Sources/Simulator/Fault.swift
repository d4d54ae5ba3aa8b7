/// A fault the simulator makes on request.
package struct Fault: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// A data message is not sent.
        case drop
        /// A data message is sent twice.
        case duplicate
        /// A data message is sent after one to three of those that follow it.
        case reorder
        /// The text of a data message is cut short: it is no JSON any more.
        case truncate
        /// The connection gets nothing for two seconds of tape time, then all of it.
        case stall
        /// The connection ends, half of the time without a close frame.
        case disconnect
        /// A depth answer comes one to three seconds late.
        case snapshotLate = "snapshot-late"
        /// A depth answer shows the book of an earlier time.
        case snapshotStale = "snapshot-stale"

        package var isOfSnapshots: Bool { self == .snapshotLate || self == .snapshotStale }
    }

    package let kind: Kind
    /// Fraction of the data messages (or depth requests) it hits, 0…1.
    package let rate: Double

    package init(kind: Kind, rate: Double) {
        self.kind = kind
        self.rate = rate
    }

    /// `KIND:RATE`, for instance `drop:0.05`; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])),
            let rate = Double(parts[1]), (0...1).contains(rate)
        else { return nil }
        self.init(kind: kind, rate: rate)
    }
}
