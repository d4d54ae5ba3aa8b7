internal import Schema

/// Which part of an event topic's past is wanted, and how much of it at once.
public struct HistoryRange: Equatable, Sendable {
    /// Which run of sequences is meant; nil: the present one. Of another one there is nothing, and
    /// the page's `gone` says so.
    public var epoch: UInt64?

    public var start = Start.oldest

    /// The last sequence wanted, inclusive.
    public var lastSequence: UInt64?

    /// Events published before that, in nanoseconds since 1970.
    public var endTime: UInt64?

    /// Of one page. 1 or more; the gateway sends 1,000 when it is nil, and cuts what is above its
    /// own limit of 10,000.
    public var eventsMax: UInt32?

    /// Where the range begins.
    public enum Start: Equatable, Sendable {
        /// The oldest event that the gateway holds.
        case oldest
        /// That event, 1 or more.
        case sequence(UInt64)
        /// Events published then or later, in nanoseconds since 1970.
        case time(UInt64)
        /// So many of the newest events, 1 or more; statuses come along.
        case last(UInt32)
    }

    public init(_ start: Start = .oldest) { self.start = start }

    func request(_ topic: String) -> GetHistoryRequest {
        var request = GetHistoryRequest(
            topic: topic, epoch: epoch, toSequence: lastSequence, toTime: endTime,
            eventsMax: eventsMax)
        switch start {
        case .oldest: break
        case .sequence(let sequence): request.fromSequence = sequence
        case .time(let time): request.fromTime = time
        case .last(let count): request.last = count
        }
        return request
    }
}
