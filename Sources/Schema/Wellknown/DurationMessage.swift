/// google.protobuf.Duration.
package struct DurationMessage: Equatable, Sendable {
    /// Negative for a negative duration.
    package var seconds: Int64?
    /// Below 1,000,000,000 in magnitude, with the sign of the seconds.
    package var nanoseconds: Int32?

    package init(seconds: Int64? = nil, nanoseconds: Int32? = nil) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// A Swift duration, cut to whole nanoseconds.
    package init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.init(seconds: seconds, nanoseconds: Int32(attoseconds / 1_000_000_000))
    }
}

extension DurationMessage: WireMessage {
    package static let table = TableSet.shared["google.protobuf.Duration"]

    package func write(to record: Record) {
        record.set(1, seconds)
        record.set(2, nanoseconds)
    }

    package init(_ record: Record) {
        seconds = record.get(1)
        nanoseconds = record.get(2)
    }
}
