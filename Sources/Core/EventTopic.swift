package import Base
package import Market
package import Schema
package import Streams

/// A topic whose subscribers want every event: trades, aggregate trades, benchmark payloads. The
/// ring is its history; every sequence arrives or is named by a `Gap`.
package final class EventTopic: Topic {
    /// Frames of one catch-up step are cut off here, so that one subscriber's history does not
    /// hold up the others of its connection.
    private static let catchUpBytesMax = 65536

    /// Bytes of history a topic may hold. Default 64 MiB: the count is the limit for trades, this
    /// is the limit for large benchmark payloads.
    private static let bytesMax = 64 << 20

    struct Event {
        var payload: Payload?
        var status: Status?
        var eventTime: Timestamp
        var receiveTime: Timestamp
        var publishTime: Timestamp
    }

    private var ring: EventRing<Event>
    private var lastSequence: UInt64 = 0

    init(name: String, number: UInt32, hub: Hub, eventsMax: Int) {
        ring = EventRing(countMax: eventsMax, bytesMax: Self.bytesMax)
        super.init(name: name, number: number, hub: hub)
    }

    // MARK: Events

    package func append(_ trade: Market.Trade, eventTime: Timestamp, receiveTime: Timestamp) {
        setStatus(.live)
        append(.trade(Wire.trade(trade)), eventTime: eventTime, receiveTime: receiveTime)
    }

    /// The venue's ids `from` to `to`, inclusive, never reached us.
    package func gap(from: UInt64, to: UInt64) {
        append(
            .gap(Gap(reason: .venueLoss, fromID: from, toID: to)), eventTime: .unknown,
            receiveTime: .unknown)
    }

    package func append(_ data: [UInt8]) {
        append(.data(data), eventTime: .unknown, receiveTime: .unknown)
    }

    package override func setStatus(_ status: Status) {
        guard status != self.status else { return }
        self.status = status
        record(
            Event(
                payload: nil, status: status, eventTime: .unknown, receiveTime: .unknown,
                publishTime: hub.now()))
    }

    private func append(_ payload: Payload, eventTime: Timestamp, receiveTime: Timestamp) {
        record(
            Event(
                payload: payload, status: nil, eventTime: eventTime, receiveTime: receiveTime,
                publishTime: hub.now()))
    }

    private func record(_ event: Event) {
        var size = MemoryLayout<Event>.stride
        if case .data(let data)? = event.payload { size += data.count }
        lastSequence = ring.append(event, bytes: size)
        markDirty()
    }

    // MARK: Publishing

    override func commit(at now: Timestamp) -> Position? {
        let before = position
        position.sequence = lastSequence
        return before
    }

    override func appendCommitted(since before: Position, codec: Codec, into frames: OutputBuffer) {
        append(after: before.sequence, codec: codec, bytesMax: .max, into: frames)
    }

    /// Returns the last sequence appended. Nothing of `(after, result]` is left out silently.
    @discardableResult
    private func append(
        after: UInt64, codec: Codec, bytesMax: Int, into frames: OutputBuffer
    ) -> UInt64 {
        var reached = after
        if let lost = ring.gap(after: reached) {
            var update = Update(
                topic: number, epoch: position.epoch, sequence: lost.upperBound)
            update.baseSequence = reached
            update.payload = .gap(
                Gap(
                    reason: .expired, fromSequence: lost.lowerBound, toSequence: lost.upperBound))
            update.encodeFramed(codec, into: frames)
            hub.metrics.gaps.add()
            reached = lost.upperBound
        }
        while reached < position.sequence, frames.count < bytesMax {
            reached &+= 1
            guard let event = ring[reached] else {
                preconditionFailure("event \(reached) is neither in the ring nor in its gap")
            }
            update(of: event, sequence: reached).encodeFramed(codec, into: frames)
        }
        return reached
    }

    private func update(of event: Event, sequence: UInt64) -> Update {
        var update = Update(topic: number, epoch: position.epoch, sequence: sequence)
        update.eventTime = Wire.time(event.eventTime)
        update.receiveTime = Wire.time(event.receiveTime)
        update.publishTime = Wire.time(event.publishTime)
        update.status = event.status
        update.payload = event.payload
        return update
    }

    // MARK: Cursors

    package override func canResume(from wanted: Position) -> Bool {
        wanted.epoch == position.epoch && wanted.sequence <= position.sequence
            && ring.gap(after: wanted.sequence) == nil
    }

    override func startingPoint(resumeAt wanted: Position?) -> Subscription.Cursor? {
        guard let wanted else { return nil }
        guard wanted.epoch == position.epoch, wanted.sequence <= position.sequence else {
            return .lostEpoch
        }
        return wanted == position ? nil : .at(wanted)
    }

    override func appendCatchUp(
        from cursor: Subscription.Cursor, codec: Codec, into frames: OutputBuffer
    ) -> Subscription.Cursor {
        publishPending()
        switch cursor {
        case .at(let reached) where reached.epoch == position.epoch:
            let sequence = append(
                after: reached.sequence, codec: codec, bytesMax: Self.catchUpBytesMax, into: frames)
            return .at(Position(epoch: position.epoch, sequence: sequence))
        case .at, .nothing, .lostEpoch:
            var update = Update(
                topic: number, epoch: position.epoch, sequence: position.sequence)
            update.payload = .gap(Gap(reason: .newEpoch))
            update.encodeFramed(codec, into: frames)
            hub.metrics.gaps.add()
            return .at(position)
        }
    }
}
