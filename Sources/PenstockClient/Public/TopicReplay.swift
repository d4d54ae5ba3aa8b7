internal import Schema

/// What the gateway could replay of an event topic now.
public struct TopicReplay: Equatable, Sendable {
    /// As it was asked for.
    public let topic: String
    public let epoch: UInt64
    /// The oldest event that is held; `lastSequence` + 1 when none is.
    public let firstSequence: UInt64
    /// The newest event there was; 0 before the first.
    public let lastSequence: UInt64
    /// When the oldest and the newest that are held were published, in nanoseconds since 1970; nil:
    /// none is held.
    public let firstTime: UInt64?
    public let lastTime: UInt64?
    /// How many are held, statuses and the venue's gaps included.
    public let events: UInt64
    /// What they count for in the gateway's bound.
    public let bytes: UInt64
    /// How many are held before the oldest go.
    public let eventsMax: UInt64

    init(_ info: ReplayInfo) {
        topic = info.name ?? ""
        epoch = info.epoch ?? 0
        firstSequence = info.firstSequence ?? 0
        lastSequence = info.lastSequence ?? 0
        (firstTime, lastTime) = (info.firstTime, info.lastTime)
        events = info.events ?? 0
        bytes = info.bytes ?? 0
        eventsMax = info.eventsMax ?? 0
    }
}
