/// At most how often a topic is told, as the client asks for it; `Rate` in Protos/.
package struct RequestedRate: Equatable, Sendable {
    /// Raw, because a preset that this version does not know is refused, not lost.
    package var preset: Int32?
    package var minIntervalMilliseconds: UInt32?
    package var updatesPerSecond: UInt32?
    package var burst: UInt32?

    package init(
        preset: Int32? = nil, minIntervalMilliseconds: UInt32? = nil,
        updatesPerSecond: UInt32? = nil, burst: UInt32? = nil
    ) {
        self.preset = preset
        self.minIntervalMilliseconds = minIntervalMilliseconds
        self.updatesPerSecond = updatesPerSecond
        self.burst = burst
    }
}

extension RequestedRate: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Rate"]

    package func write(to record: Record) {
        record.set(1, preset)
        record.set(2, minIntervalMilliseconds)
        record.set(3, updatesPerSecond)
        record.set(4, burst)
    }

    package init(_ record: Record) {
        preset = record.get(1)
        minIntervalMilliseconds = record.get(2)
        updatesPerSecond = record.get(3)
        burst = record.get(4)
    }
}
