package import Schema
package import Streams

/// A subscription that was asked for in a way that can be understood. What its topics are is not
/// known yet.
package struct SubscriptionPlan: Equatable, Sendable {
    package var id: UInt32
    package var topics: [String]
    package var fields: FieldWish
    package var rate: Rate?
    package var start: SubscriptionOptions.Start?
    package var positions: [String: Position]
    package var overflow: OverflowPolicy
    package var filter: Filter?
    /// As asked for, for resume tokens; without topics and positions.
    package var request: SubscribeTopics
}

extension SubscriptionPlan {
    package init(_ request: SubscribeTopics, _ limits: SessionLimits) throws(Refusal) {
        guard let id = request.id, id > 0 else {
            throw Refusal(.invalid, "a subscription has an id of 1 or more", field: "id")
        }
        if request.topics.isEmpty {
            throw Refusal(
                .invalid, "no topic is named; expected at least one like \"book:binance:BTC/USDT\"",
                field: "topics")
        }
        if request.topics.count > limits.topicsPerSubscriptionMax {
            throw Refusal(
                .exhausted,
                "\(request.topics.count) topics in one request; at most "
                    + "\(limits.topicsPerSubscriptionMax) are allowed", field: "topics")
        }
        self.id = id
        topics = request.topics
        fields = try FieldWish(request.fields) ?? .all
        rate = try request.rate.map { wish throws(Refusal) in try Rate.requested(wish) } ?? nil
        start = try SubscriptionOptions.Start?(
            requested: request.start, sequence: request.fromSequence, time: request.fromTime,
            count: request.fromCount)
        positions = try Self.positions(request)
        overflow = try OverflowPolicy(requested: request.overflow)
        filter = try Filter?(requested: request.filter, limits.filter)
        self.request = request
        self.request.topics = []
        self.request.positions = []
    }

    private static func positions(
        _ request: SubscribeTopics
    ) throws(Refusal) -> [String: Position] {
        if request.positions.isEmpty { return [:] }
        let named = Set(request.topics)
        var positions: [String: Position] = [:]
        for (index, position) in request.positions.enumerated() {
            guard let name = position.topic, named.contains(name) else {
                throw Refusal(
                    .invalid,
                    "a position is of \"\(position.topic ?? "")\", which topics do not name",
                    field: "positions[\(index)].topic")
            }
            guard let epoch = position.epoch else {
                throw Refusal(
                    .invalid, "a position has an epoch", field: "positions[\(index)].epoch")
            }
            let place = Position(epoch: epoch, sequence: position.sequence ?? 0)
            if positions.updateValue(place, forKey: name) != nil {
                throw Refusal(
                    .invalid, "two positions of \"\(name)\"", field: "positions[\(index)].topic")
            }
        }
        return positions
    }
}
