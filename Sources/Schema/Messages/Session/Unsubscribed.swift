/// Nothing more comes of these topics.
package struct Unsubscribed: Equatable, Sendable {
    package var id: UInt32?
    /// How far each had been sent.
    package var positions: [TopicPosition]

    package init(id: UInt32? = nil, positions: [TopicPosition] = []) {
        self.id = id
        self.positions = positions
    }
}

extension Unsubscribed: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Unsubscribed"]

    package func write(to record: Record) {
        record.set(1, id)
        record.set(2, positions)
    }

    package init(_ record: Record) {
        id = record.get(1)
        positions = record.list(2)
    }
}
