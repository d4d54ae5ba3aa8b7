/// When to try again.
package struct RetryInfo: Equatable, Sendable {
    /// At least so long after the answer.
    package var delay: DurationMessage?

    package init(delay: DurationMessage? = nil) {
        self.delay = delay
    }
}

extension RetryInfo: WireMessage {
    package static let table = TableSet.shared["google.rpc.RetryInfo"]

    package func write(to record: Record) {
        record.set(1, delay)
    }

    package init(_ record: Record) {
        delay = record.get(1)
    }
}
