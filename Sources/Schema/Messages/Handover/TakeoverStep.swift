/// One step of a successor.
package struct TakeoverStep: Equatable, Sendable {
    package var stage: TakeoverStage?
    /// With `begin`: of the contract.
    package var version: UInt32?

    package init(_ stage: TakeoverStage? = nil, version: UInt32? = nil) {
        self.stage = stage
        self.version = version
    }
}

extension TakeoverStep: WireMessage {
    package static let table = TableSet.shared["penstock.handover.v1.TakeoverStep"]

    package func write(to record: Record) {
        record.set(1, stage)
        record.set(2, version)
    }

    package init(_ record: Record) {
        stage = record.get(1)
        version = record.get(2)
    }
}
