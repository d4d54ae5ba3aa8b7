/// One snapshot per accepted topic, all read in one turn.
package struct GetSnapshotResponse: Equatable, Sendable {
    package var subscribed: Subscribed?
    package var snapshots: [Update]

    package init(subscribed: Subscribed? = nil, snapshots: [Update] = []) {
        self.subscribed = subscribed
        self.snapshots = snapshots
    }
}

extension GetSnapshotResponse: WireMessage {
    package static let table = TableSet.shared["penstock.v1.GetSnapshotResponse"]

    package func write(to record: Record) {
        record.set(1, subscribed)
        record.set(2, snapshots)
    }

    package init(_ record: Record) {
        subscribed = record.get(1)
        snapshots = record.list(2)
    }
}
