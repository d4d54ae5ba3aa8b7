extension Channelz {
    /// What happened lately.
    package struct ChannelTrace: Equatable, Sendable {
        /// Ever; older ones may be gone from `events`.
        package var eventsLogged: Int64?
        package var created: TimestampMessage?
        package var events: [TraceEvent]

        package init(
            eventsLogged: Int64? = nil, created: TimestampMessage? = nil, events: [TraceEvent] = []
        ) {
            self.eventsLogged = eventsLogged
            self.created = created
            self.events = events
        }
    }

    /// One thing that happened.
    package struct TraceEvent: Equatable, Sendable {
        package enum Severity: Int32, Sendable {
            case unknown, information, warning, error
        }

        package enum Child: Equatable, Sendable {
            case channel(ChannelReference)
            case subchannel(SubchannelReference)
        }

        package var description: String?
        package var severity: Severity?
        package var time: TimestampMessage?
        /// The child that the event is about.
        package var child: Child?

        package init(
            description: String? = nil, severity: Severity? = nil, time: TimestampMessage? = nil,
            child: Child? = nil
        ) {
            self.description = description
            self.severity = severity
            self.time = time
            self.child = child
        }
    }
}

extension Channelz.ChannelTrace: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.ChannelTrace"]

    package func write(to record: Record) {
        record.set(1, eventsLogged)
        record.set(2, created)
        record.set(3, events)
    }

    package init(_ record: Record) {
        eventsLogged = record.get(1)
        created = record.get(2)
        events = record.list(3)
    }
}

extension Channelz.TraceEvent: WireMessage {
    package static let table = TableSet.shared["grpc.channelz.v1.ChannelTraceEvent"]

    package func write(to record: Record) {
        record.set(1, description)
        record.set(2, severity)
        record.set(3, time)
        switch child {
        case .channel(let reference): record.set(4, Optional(reference))
        case .subchannel(let reference): record.set(5, Optional(reference))
        case nil: break
        }
    }

    package init(_ record: Record) {
        description = record.get(1)
        severity = record.get(2)
        time = record.get(3)
        if let reference: Channelz.ChannelReference = record.get(4) {
            child = .channel(reference)
        } else if let reference: Channelz.SubchannelReference = record.get(5) {
            child = .subchannel(reference)
        }
    }
}
