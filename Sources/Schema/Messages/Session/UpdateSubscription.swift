/// Changes a living subscription; what is absent stays.
package struct UpdateSubscription: Equatable, Sendable {
    package var id: UInt32?
    /// Only "*": all.
    package var fields: [String]
    package var rate: RequestedRate?
    /// Raw, because one that this version does not know is refused, not lost.
    package var overflow: Int32?
    /// Empty: everything passes.
    package var filter: String?

    package init(
        id: UInt32? = nil, fields: [String] = [], rate: RequestedRate? = nil,
        overflow: Int32? = nil, filter: String? = nil
    ) {
        self.id = id
        self.fields = fields
        self.rate = rate
        self.overflow = overflow
        self.filter = filter
    }
}

extension UpdateSubscription: WireMessage {
    package static let table = TableSet.shared["penstock.v1.UpdateSubscription"]

    package func write(to record: Record) {
        record.set(1, id)
        record.set(3, fields)
        record.set(4, rate)
        record.set(7, overflow)
        record.set(8, filter)
    }

    package init(_ record: Record) {
        id = record.get(1)
        fields = record.list(3)
        rate = record.get(4)
        overflow = record.get(7)
        filter = record.get(8)
    }
}
