/// One topic as a server tells its successor, or the next piece of its history.
package struct TopicRecord: Equatable, Sendable {
    package var name: String?
    package var epoch: UInt64?
    package var sequence: UInt64?
    package var status: Status?
    /// State topics: the sequence at which the status last changed.
    package var statusSequence: UInt64?
    package var venueSequence: UInt64?
    /// Times are nanoseconds since 1970.
    package var eventTime: UInt64?
    package var receiveTime: UInt64?
    package var publishTime: UInt64?
    package var tick: TickRecord?
    package var bids: SideRecord?
    package var asks: SideRecord?
    /// Event topics: in the order of their sequences, without a hole.
    package var events: [Update]

    package init(
        name: String? = nil, epoch: UInt64? = nil, sequence: UInt64? = nil, status: Status? = nil,
        statusSequence: UInt64? = nil, venueSequence: UInt64? = nil, eventTime: UInt64? = nil,
        receiveTime: UInt64? = nil, publishTime: UInt64? = nil, tick: TickRecord? = nil,
        bids: SideRecord? = nil, asks: SideRecord? = nil, events: [Update] = []
    ) {
        self.name = name
        self.epoch = epoch
        self.sequence = sequence
        self.status = status
        self.statusSequence = statusSequence
        self.venueSequence = venueSequence
        self.eventTime = eventTime
        self.receiveTime = receiveTime
        self.publishTime = publishTime
        self.tick = tick
        self.bids = bids
        self.asks = asks
        self.events = events
    }
}

extension TopicRecord: WireMessage {
    package static let table = TableSet.shared["penstock.handover.v1.TopicRecord"]

    package func write(to record: Record) {
        record.set(1, name)
        record.set(2, epoch)
        record.set(3, sequence)
        record.set(4, status)
        record.set(5, statusSequence)
        record.set(6, venueSequence)
        record.set(7, eventTime)
        record.set(8, receiveTime)
        record.set(9, publishTime)
        record.set(10, tick)
        record.set(11, bids)
        record.set(12, asks)
        record.set(13, events)
    }

    package init(_ record: Record) {
        name = record.get(1)
        epoch = record.get(2)
        sequence = record.get(3)
        status = record.get(4)
        statusSequence = record.get(5)
        venueSequence = record.get(6)
        eventTime = record.get(7)
        receiveTime = record.get(8)
        publishTime = record.get(9)
        tick = record.get(10)
        bids = record.get(11)
        asks = record.get(12)
        events = record.list(13)
    }
}
