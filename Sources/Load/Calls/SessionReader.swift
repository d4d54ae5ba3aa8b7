internal import Base
internal import Schema

/// `MarketData.Session`: the same topics in one subscription with its rate and fields, or as many
/// subscriptions of one topic as its owner likes.
final class SessionReader: Reader {
    typealias Wishes = FleetOptions.Wishes

    private let wishes: Wishes
    private var nextSubscription: UInt32 = 1

    init(topics: [String], followed: FollowedTopics, wishes: Wishes) {
        self.wishes = wishes
        super.init(topics: topics, followed: followed, path: "/penstock.v1.MarketData/Session")
    }

    override func start(on connection: LoadConnection) {
        beginAnew()
        let hello = Hello(protocolVersion: 1, client: "penstock-load")
        connection.open(self, encoded(.hello(hello)), endsRequest: false)
        if !topics.isEmpty { subscribe(topics) }
    }

    /// Adds a subscription and returns its id.
    @discardableResult
    func subscribe(_ topics: [String]) -> UInt32 {
        let subscription = nextSubscription
        nextSubscription += 1
        var request = SubscribeTopics(id: subscription, topics: topics, fields: wishes.fields)
        request.positions = positions.filter { topics.contains($0.topic ?? "") }
        if let milliseconds = wishes.intervalMilliseconds {
            request.rate = RequestedRate(minIntervalMilliseconds: UInt32(milliseconds))
        }
        connection?.send(encoded(.subscribe(request)), on: number)
        followed.tally.subscribes += 1
        return subscription
    }

    func unsubscribe(_ subscription: UInt32) {
        connection?.send(encoded(.unsubscribe(Unsubscribe(id: subscription))), on: number)
        followed.tally.unsubscribes += 1
    }

    private func encoded(_ request: SessionRequest.Request) -> [UInt8] {
        SessionRequest(request: request).encoded(.protobuf)
    }

    override func receivedWord(_ payload: Payload?) {
        guard case .control(let control) = payload else { return failed() }
        switch control.content {
        case .subscribed(let answer): accepted(answer)
        case .unsubscribed(let unsubscribed): ended(unsubscribed)
        case .caughtUp(let told): followed.caughtUp(told)
        case .refused, .closed, .drain: followed.tally.fault("refused")
        default: break
        }
    }

    private func accepted(_ answer: SubscriptionAnswer) {
        for topic in answer.accepted {
            let isResumed = topic.follows == .delta || topic.follows == .events
            let accepted = AcceptedTopic(
                name: topic.name, number: topic.number, epoch: topic.epoch,
                sequence: topic.sequence, status: topic.status, resumed: isResumed)
            began(accepted, sequence: topic.firstSequence.map { $0 - 1 } ?? topic.sequence)
        }
        finishBeginning(rejected: answer.rejected.count)
    }

    /// What the server says it has sent must be what came, for the answer comes after it.
    private func ended(_ unsubscribed: Unsubscribed) {
        for position in unsubscribed.positions {
            guard let name = position.topic, let number = followed.number(of: name) else {
                followed.tally.fault("strange_topic")
                continue
            }
            let cursor = followed.cursors[number]
            if let epoch = position.epoch, epoch == cursor?.epoch,
                position.sequence != cursor?.sequence
            {
                followed.tally.fault("unsent")
            }
            followed.end(number)
        }
    }
}
