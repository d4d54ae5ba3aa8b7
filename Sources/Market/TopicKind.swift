/// What a topic is about; the first word of its name.
package enum TopicKind: String, Sendable, CaseIterable {
    case tick
    case book
    case trade
    case aggregateTrade = "aggtrade"
    /// `bench:N`: uninterpreted payloads at a fixed rate, for load tests.
    case bench

    /// State topics conflate and start with a snapshot; the others are events, each delivered or
    /// named by a gap.
    package var isState: Bool { self == .tick || self == .book }
}
