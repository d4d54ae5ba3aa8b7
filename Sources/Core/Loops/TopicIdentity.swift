internal import Base

/// One topic as all loops know it.
final class TopicIdentity: Sendable {
    let name: String
    /// What `Update.topic` says; fixed for the life of the process.
    let number: UInt32
    /// The epoch before anything was published.
    let firstEpoch: UInt64
    /// Subscriptions on all loops.
    let subscriptions = Gauge()
    /// An event topic's events.
    let history = SharedHistory()

    init(name: String, number: UInt32, firstEpoch: UInt64) {
        self.name = name
        self.number = number
        self.firstEpoch = firstEpoch
    }
}
