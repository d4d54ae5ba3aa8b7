/// The answer to a `Ping`.
package struct Pong: Equatable, Sendable {
    package var nonce: UInt64?
    /// Nanoseconds since 1970.
    package var time: UInt64?

    package init(nonce: UInt64? = nil, time: UInt64? = nil) {
        self.nonce = nonce
        self.time = time
    }
}

extension Pong: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Pong"]

    package func write(to record: Record) {
        record.set(1, nonce)
        record.set(2, time)
    }

    package init(_ record: Record) {
        nonce = record.get(1)
        time = record.get(2)
    }
}
