internal import Base
internal import Core
internal import GRPC
internal import Schema
internal import Streams

/// The unary calls about the past of event topics.
struct HistoryAnswers {
    let hub: Hub
    let limits: GatewayLimits

    func page(
        _ request: GetHistoryRequest, _ caller: CallIdentity?
    ) throws(RPCStatus) -> GetHistoryResponse {
        guard let name = request.topic else { throw StatusMapping.noTopics("GetHistory") }
        let wanted = topics([name], caller)
        guard let topic = wanted.accepted.first?.topic as? EventTopic else {
            throw StatusMapping.rejected(wanted.rejected)
        }
        let wish = try wish(request)
        if let epoch = request.epoch, epoch != topic.position.epoch {
            var response = topic.page(HistoryWish(limits.history))
            (response.events, response.nextSequence) = ([], nil)
            response.gone = Gap(reason: .newEpoch)
            return response
        }
        return topic.page(wish)
    }

    func replayInfo(
        _ request: GetReplayInfoRequest, _ caller: CallIdentity?
    ) throws(RPCStatus) -> GetReplayInfoResponse {
        if request.topics.isEmpty { throw StatusMapping.noTopics("GetReplayInfo") }
        if request.topics.count > limits.topicsPerCallMax {
            throw StatusMapping.tooManyTopics(
                request.topics.count, limit: limits.topicsPerCallMax)
        }
        let wanted = topics(request.topics, caller)
        if wanted.accepted.isEmpty { throw StatusMapping.allRejected(wanted.rejected) }
        return GetReplayInfoResponse(
            topics: wanted.accepted.compactMap { name, topic in
                (topic as? EventTopic)?.replayInfo(named: name)
            }, rejected: wanted.rejected)
    }

    private func topics(_ names: [String], _ caller: CallIdentity?) -> TopicRequest {
        hub.hearNews()
        return TopicRequest(names, hub: hub, caller: caller) { topic in
            topic is EventTopic
                ? nil
                : TopicRefusal(
                    .malformed, "\"\(topic.name)\" is a state topic and keeps no history")
        }
    }

    private func wish(_ request: GetHistoryRequest) throws(RPCStatus) -> HistoryWish {
        let ways: [Any?] = [request.fromSequence, request.fromTime, request.last]
        if ways.count(where: { $0 != nil }) > 1 {
            throw invalid("a page begins at one of from_sequence, from_time and last")
        }
        var wish = HistoryWish(limits.history)
        if let sequence = request.fromSequence {
            if sequence == 0 { throw invalid("from_sequence 0: sequences begin at 1") }
            wish.start = .sequence(sequence)
        } else if let time = request.fromTime {
            wish.start = .time(try instant(time, "from_time"))
        } else if let count = request.last {
            if count == 0 { throw invalid("last 0 events are none; allowed: 1 or more") }
            wish.start = .count(UInt64(count))
        }
        wish.lastSequence = request.toSequence
        wish.endTime = try request.toTime.map { time throws(RPCStatus) in
            try instant(time, "to_time")
        }
        if let from = request.fromSequence, let to = request.toSequence, to < from {
            throw invalid("to_sequence \(to) is before from_sequence \(from)")
        }
        if let from = request.fromTime, let to = request.toTime, to <= from {
            throw invalid("to_time \(to) is not after from_time \(from)")
        }
        wish.eventsMax = try count(
            request.eventsMax, "max_events", most: wish.eventsMax,
            absent: min(HistoryWish.eventsDefault, wish.eventsMax))
        wish.bytesMax = try count(
            request.bytesMax, "max_bytes", most: wish.bytesMax, absent: wish.bytesMax)
        return wish
    }

    /// What is more than allowed is cut; nothing is refused.
    private func count(
        _ wanted: UInt32?, _ field: String, most: Int, absent: Int
    ) throws(RPCStatus) -> Int {
        guard let wanted else { return absent }
        if wanted == 0 { throw invalid("\(field) 0 is a page of nothing; allowed: 1 to \(most)") }
        return min(Int(wanted), most)
    }

    private func instant(_ time: UInt64, _ field: String) throws(RPCStatus) -> Timestamp {
        guard let nanoseconds = Int64(exactly: time) else {
            throw invalid("\(field) \(time) is beyond the nanoseconds since 1970 of 63 bits")
        }
        return Timestamp(nanoseconds: nanoseconds)
    }

    private func invalid(_ text: String) -> RPCStatus { RPCStatus(.invalidArgument, text) }
}
