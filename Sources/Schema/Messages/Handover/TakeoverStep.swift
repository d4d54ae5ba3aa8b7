/// One step of a successor.
package struct TakeoverStep: Equatable, Sendable {
    package var stage: TakeoverStage?
    /// With `begin`: of the contract.
    package var version: UInt32?
    /// With `begin`: where it will listen, as configured.
    package var address: String?

    package init(
        _ stage: TakeoverStage? = nil, version: UInt32? = nil, address: String? = nil
    ) {
        self.stage = stage
        self.version = version
        self.address = address
    }
}

extension TakeoverStep: WireMessage {
    package static let table = TableSet.shared["penstock.handover.v1.TakeoverStep"]

    package func write(to record: Record) {
        record.set(1, stage)
        record.set(2, version)
        record.set(3, address)
    }

    package init(_ record: Record) {
        stage = record.get(1)
        version = record.get(2)
        address = record.get(3)
    }
}
