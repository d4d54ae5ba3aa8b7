/// What the client has processed.
package struct Ack: Equatable, Sendable {
    package var positions: [TopicPosition]

    package init(positions: [TopicPosition] = []) {
        self.positions = positions
    }
}

extension Ack: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Ack"]

    package func write(to record: Record) {
        record.set(1, positions)
    }

    package init(_ record: Record) {
        positions = record.list(1)
    }
}
