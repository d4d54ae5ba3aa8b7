import Base
import Core
import Market
import Schema
import Streams

/// One event topic and the list of what it was told.
final class EventModel {
    let topic: EventTopic
    private let truth: Truth
    private var status: Status

    init(_ topic: EventTopic, _ truth: Truth) {
        self.topic = topic
        self.truth = truth
        status = .stale
    }

    /// Goes on where a predecessor's topic stands.
    init(_ topic: EventTopic, after other: EventModel) {
        self.topic = topic
        (truth, status) = (other.truth, other.status)
    }

    private func note(_ event: ShownEvent) {
        truth.append(event, to: topic.name, epoch: topic.position.epoch)
    }

    private func noteStatus(_ status: Status) {
        guard status != self.status else { return }
        self.status = status
        note(.status(status))
    }

    func setStatus(_ status: Status) {
        noteStatus(status)
        topic.setStatus(status)
    }

    func append(_ trade: Market.Trade) {
        noteStatus(.live)
        var numbers: [Field: Int64] = [.id: Int64(trade.id)]
        numbers[.price] = Fixed.number(trade.price.mantissa, Int32(trade.price.exponent))
        numbers[.quantity] = Fixed.number(trade.quantity.mantissa, Int32(trade.quantity.exponent))
        numbers[.side] = trade.side == .unknown ? 0 : trade.side == .buy ? 1 : 2
        numbers[.firstID] = trade.firstID.map(Int64.init)
        numbers[.lastID] = trade.lastID.map(Int64.init)
        note(.trade(numbers))
        topic.append(trade, eventTime: .unknown, receiveTime: .unknown)
    }

    func gap(from: UInt64, to: UInt64) {
        note(.venueGap(from: from, to: to))
        topic.gap(from: from, to: to)
    }

    func append(_ data: [UInt8]) {
        note(.data(data))
        topic.append(data)
    }

    /// It was made with a status of its own.
    func began(as status: Status) { noteStatus(status) }

    func endTurn(_ judge: Judge) {
        let last = truth.last(of: topic.name, epoch: topic.position.epoch)
        judge.require(
            topic.position.sequence == last, .sequence,
            "\(topic.name) is at \(topic.position.sequence) after \(last) events")
    }
}
