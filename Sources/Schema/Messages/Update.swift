/// One change of one topic. Times are nanoseconds since 1970-01-01T00:00:00Z.
package struct Update: Equatable, Sendable {
    /// The number that `Subscribed` announced.
    package var topic: UInt32?
    /// Position after this update.
    package var epoch: UInt64?
    package var sequence: UInt64?
    /// Present in a delta, absent in a snapshot; see Protos/ for event topics.
    package var baseSequence: UInt64?
    /// When it happened, by the venue's clock.
    package var eventTime: UInt64?
    /// When our socket had it.
    package var receiveTime: UInt64?
    /// When it was handed to the subscribers' loops.
    package var publishTime: UInt64?
    /// The venue's own number of the last message in this state.
    package var venueSequence: UInt64?
    package var status: Status?
    package var payload: Payload?

    package init(
        topic: UInt32? = nil, epoch: UInt64? = nil, sequence: UInt64? = nil,
        baseSequence: UInt64? = nil, eventTime: UInt64? = nil, receiveTime: UInt64? = nil,
        publishTime: UInt64? = nil, venueSequence: UInt64? = nil, status: Status? = nil,
        payload: Payload? = nil
    ) {
        self.topic = topic
        self.epoch = epoch
        self.sequence = sequence
        self.baseSequence = baseSequence
        self.eventTime = eventTime
        self.receiveTime = receiveTime
        self.publishTime = publishTime
        self.venueSequence = venueSequence
        self.status = status
        self.payload = payload
    }
}

extension Update: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Update"]

    package func write(to record: Record) {
        writeHead(to: record)
        switch payload {
        case .tick(let tick): record.set(10, Optional(tick))
        case .trade(let trade): record.set(11, Optional(trade))
        case .book(let book): record.set(12, Optional(book))
        case .gap(let gap): record.set(13, Optional(gap))
        case .subscribed(let subscribed): record.set(14, Optional(subscribed))
        case .rejected(let rejected): record.set(15, Optional(rejected))
        case .data(let data): record.set(16, Optional(data))
        case .control(let control): record.set(17, Optional(control))
        case nil: break
        }
    }

    @inline(__always)
    private func writeHead(to record: Record) {
        record.set(1, topic)
        record.set(2, epoch)
        record.set(3, sequence)
        record.set(4, baseSequence)
        record.set(5, eventTime)
        record.set(6, receiveTime)
        record.set(7, publishTime)
        record.set(8, venueSequence)
        record.set(9, status)
    }

    /// Lends a book's columns and opaque data; everything else is small.
    package func withWritten(to record: Record, _ body: () -> Void) {
        switch payload {
        case .book(let book):
            writeHead(to: record)
            record.withNested(12, book, body)
        case .data(let data):
            writeHead(to: record)
            record.withLent(16, data, body)
        default:
            write(to: record)
            body()
        }
    }

    package init(_ record: Record) {
        topic = record.get(1)
        epoch = record.get(2)
        sequence = record.get(3)
        baseSequence = record.get(4)
        eventTime = record.get(5)
        receiveTime = record.get(6)
        publishTime = record.get(7)
        venueSequence = record.get(8)
        status = record.get(9)
        payload = Update.payload(record)
    }

    /// The first payload there is: a correct sender sets at most one.
    private static func payload(_ record: Record) -> Payload? {
        if let tick: Tick = record.get(10) { return .tick(tick) }
        if let trade: Trade = record.get(11) { return .trade(trade) }
        if let book: Book = record.get(12) { return .book(book) }
        if let gap: Gap = record.get(13) { return .gap(gap) }
        if let subscribed: Subscribed = record.get(14) { return .subscribed(subscribed) }
        if let rejected: RejectedTopic = record.get(15) { return .rejected(rejected) }
        if let data: [UInt8] = record.get(16) { return .data(data) }
        if let control: Control = record.get(17) { return .control(control) }
        return nil
    }
}
