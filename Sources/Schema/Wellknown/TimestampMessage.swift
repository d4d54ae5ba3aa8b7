/// google.protobuf.Timestamp.
package struct TimestampMessage: Equatable, Sendable {
    /// Since 1970-01-01T00:00:00Z.
    package var seconds: Int64?
    /// 0 to 999,999,999, added to the seconds.
    package var nanoseconds: Int32?

    package init(seconds: Int64? = nil, nanoseconds: Int32? = nil) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// From nanoseconds since 1970-01-01T00:00:00Z.
    package init(nanosecondsSince1970 time: Int64) {
        let (seconds, rest) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
        let isBefore = rest < 0
        self.init(
            seconds: isBefore ? seconds - 1 : seconds,
            nanoseconds: Int32(isBefore ? rest + 1_000_000_000 : rest))
    }
}

extension TimestampMessage: WireMessage {
    package static let table = TableSet.shared["google.protobuf.Timestamp"]

    package func write(to record: Record) {
        record.set(1, seconds)
        record.set(2, nanoseconds)
    }

    package init(_ record: Record) {
        seconds = record.get(1)
        nanoseconds = record.get(2)
    }
}
