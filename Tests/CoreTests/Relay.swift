import Base
import Market
import Schema
import Streams
import Testing

@testable import Core

/// What one hub tells another, through the bytes of a call.
struct Relay {
    private var recorder: HubRecorder
    private(set) var inheritance: Inheritance
    /// As they were told.
    private(set) var records: [TopicRecord] = []
    /// What arrives of a record; nil: nothing.
    var spoil: (TopicRecord) -> TopicRecord? = { $0 }

    init(from hub: Hub, to heir: Hub) {
        recorder = HubRecorder(hub)
        inheritance = Inheritance(limits: heir.limits)
    }

    /// One pass; `meanwhile` happens after each record, counted from 1.
    mutating func tell(complete: Bool, meanwhile: (Int) -> Void = { _ in }) throws {
        recorder.begin(complete: complete)
        var count = 0
        while let record = recorder.next() {
            let bytes = HandoverPart(topic: record).encoded(.protobuf)
            let part = try HandoverPart(decoding: bytes.span.bytes, .protobuf)
            let told = try #require(part.topic)
            #expect(told == record)
            records.append(told)
            if let arrived = spoil(told) { inheritance.add(arrived, isComplete: complete) }
            count += 1
            meanwhile(count)
        }
    }

    /// Both passes, with nothing in between.
    static func inheritance(
        from old: HubFixture, to new: HubFixture,
        spoil: @escaping (TopicRecord) -> TopicRecord? = { $0 }
    ) throws -> Inheritance {
        var relay = Relay(from: old.hub, to: new.hub)
        relay.spoil = spoil
        try relay.tell(complete: false)
        try relay.tell(complete: true)
        return relay.inheritance
    }
}

extension HubFixture {
    /// Takes over everything that `old` has.
    @discardableResult
    func takeOver(
        _ old: HubFixture, spoil: @escaping (TopicRecord) -> TopicRecord? = { $0 }
    ) throws -> Int {
        let count = hub.adopt(try Relay.inheritance(from: old, to: self, spoil: spoil))
        turn.end()
        return count
    }

    /// What a client gets that has `position` of a topic; of any hub, since topics' numbers differ.
    func updates(of topic: Topic, after position: Position) -> [Update] {
        let sink = FakeSink()
        subscribe(topic, to: sink, resumeAt: position).end()
        return sink.updates.map { update in
            var update = update
            update.topic = nil
            return update
        }
    }

    /// Whole trades, at the prices of their ids.
    func trade(_ ids: some Sequence<UInt64>, _ topic: EventTopic) {
        for id in ids {
            topic.append(
                .init(
                    id: id, price: decimal("\(id).5"), quantity: decimal("2"), side: .buy),
                eventTime: .init(nanoseconds: Int64(id)),
                receiveTime: .init(nanoseconds: Int64(id) + 1))
        }
        turn.end()
    }
}

extension [Update] {
    /// Trades by id, gaps by the venue's ids, statuses.
    var texts: [String] {
        map { update in
            switch update.payload {
            case .trade(let trade): "\(trade.id ?? 0)"
            case .gap(let gap):
                gap.reason == .venueLoss
                    ? "gap \(gap.fromID ?? 0) to \(gap.toID ?? 0)"
                    : "\(gap.reason.map { "\($0)" } ?? "") \(gap.fromSequence ?? 0)"
                        + " to \(gap.toSequence ?? 0)"
            case .data(let data): "\(data.count) bytes"
            default: "\(update.status.map { "\($0)" } ?? "nothing")"
            }
        }
    }
}
