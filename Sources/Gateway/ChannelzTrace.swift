internal import Base
internal import Schema

/// What happened lately to something, at most `eventsMax` events.
struct ChannelzTrace {
    /// Enough for a bad quarter of an hour; a few kilobytes.
    static let eventsMax = 32

    private let created: Timestamp
    private var logged = 0
    private var events: [Channelz.TraceEvent] = []

    init(at now: Timestamp) { created = now }

    mutating func add(
        _ text: String, _ severity: Channelz.TraceEvent.Severity, at now: Timestamp
    ) {
        if events.count == Self.eventsMax { events.removeFirst() }
        events.append(
            Channelz.TraceEvent(
                description: text, severity: severity,
                time: TimestampMessage(nanosecondsSince1970: now.nanoseconds)))
        logged += 1
    }

    var message: Channelz.ChannelTrace {
        Channelz.ChannelTrace(
            eventsLogged: Int64(logged),
            created: TimestampMessage(nanosecondsSince1970: created.nanoseconds), events: events)
    }
}
