/// Asks for a `Pong`.
package struct Ping: Equatable, Sendable {
    package var nonce: UInt64?

    package init(nonce: UInt64? = nil) {
        self.nonce = nonce
    }
}

extension Ping: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Ping"]

    package func write(to record: Record) {
        record.set(1, nonce)
    }

    package init(_ record: Record) {
        nonce = record.get(1)
    }
}
