import Schema
import Testing

@testable import PenstockClient

@Suite struct UpdateQueueTests {
    private func state(_ sequence: UInt64, topic: String = bookTopic) -> TopicUpdate {
        var merged = MergedState(topic: topic)
        let update = bookUpdate(sequence, bids: [(Int64(sequence), 1)])
        _ = try? merged.apply(update)
        return TopicUpdate(merged, .update(update))
    }

    private func trade(
        _ sequence: UInt64, base: UInt64? = nil, epoch: UInt64 = 9, topic: String = tradeTopic
    ) -> TopicUpdate {
        var merged = MergedState(topic: topic)
        let update = tradeUpdate(sequence, base: base, epoch: epoch)
        _ = try? merged.apply(update)
        return TopicUpdate(merged, .update(update))
    }

    private func status(_ status: Schema.Status, topic: String) -> TopicUpdate {
        var merged = MergedState(topic: topic)
        merged.accepted(accepted(topic, status: status))
        return TopicUpdate(merged, .status)
    }

    private func drain(_ queue: inout UpdateQueue) -> [TopicUpdate] {
        var taken: [TopicUpdate] = []
        while let update = queue.next() { taken.append(update) }
        return taken
    }

    @Test func `a consumer that keeps up gets every update as it came`() {
        var queue = UpdateQueue(statesMax: 0, eventsMax: 4)
        for sequence in 1...20 as ClosedRange<UInt64> {
            queue.append(state(sequence))
            queue.append(trade(sequence))
            let (first, second) = (queue.next(), queue.next())
            #expect(first == state(sequence))
            #expect(second == trade(sequence))
        }
        #expect(queue.count == 0)
    }

    @Test func `a slow consumer gets the newest state, whole, and how many it stands for`() {
        var queue = UpdateQueue(statesMax: 0, eventsMax: 4)
        for sequence in 1...1000 as ClosedRange<UInt64> { queue.append(state(sequence)) }
        #expect(queue.count == 1)
        let taken = drain(&queue)
        #expect(taken.map(\.state.sequence) == [1000])
        #expect(taken[0].skipped == 999)
        #expect(taken[0].change == .whole)
        #expect(taken[0].state.bids.map(\.price.description) == ["10"])
    }

    @Test func `topics do not conflate each other`() {
        var queue = UpdateQueue(statesMax: 0, eventsMax: 4)
        queue.append(state(1))
        queue.append(state(5, topic: "book:binance:ETH/USDT"))
        queue.append(state(2))
        #expect(drain(&queue).map(\.state.sequence) == [2, 5])
    }

    @Test func `states are kept one by one up to the limit, and conflate beyond it`() {
        var queue = UpdateQueue(statesMax: 3, eventsMax: 4)
        for sequence in 1...3 as ClosedRange<UInt64> { queue.append(state(sequence)) }
        #expect(drain(&queue).map(\.state.sequence) == [1, 2, 3])
        for sequence in 4...7 as ClosedRange<UInt64> { queue.append(state(sequence)) }
        let conflated = drain(&queue)
        #expect(conflated.map(\.state.sequence) == [7])
        #expect(conflated[0].skipped == 3)
        queue.append(state(8))
        #expect(drain(&queue) == [state(8)])
    }

    @Test func `events at the limit all come, one more loses the oldest and says so`() {
        var queue = UpdateQueue(statesMax: 0, eventsMax: 3)
        for sequence in 1...3 as ClosedRange<UInt64> { queue.append(trade(sequence)) }
        #expect(drain(&queue) == [trade(1), trade(2), trade(3)])
        for sequence in 4...8 as ClosedRange<UInt64> { queue.append(trade(sequence)) }
        let taken = drain(&queue)
        #expect(taken.count == 4)
        #expect(taken[0].gap?.reason == .slowConsumer)
        #expect(taken[0].gap?.sequences == 4...5)
        #expect(taken[0].state.sequence == 5)
        #expect(taken.dropFirst() == [trade(6), trade(7), trade(8)])
    }

    @Test func `a gap grows until it is taken, then a new one begins`() {
        var queue = UpdateQueue(statesMax: 0, eventsMax: 1)
        for sequence in 1...4 as ClosedRange<UInt64> { queue.append(trade(sequence)) }
        #expect(queue.next()?.gap?.sequences == 1...3)
        for sequence in 5...6 as ClosedRange<UInt64> { queue.append(trade(sequence)) }
        #expect(queue.next()?.gap?.sequences == 4...5)
        #expect(queue.next() == trade(6))
        #expect(queue.next() == nil)
    }

    @Test func `a lost event that itself stood for several counts them all`() {
        var queue = UpdateQueue(statesMax: 0, eventsMax: 1)
        queue.append(trade(9, base: 4))
        queue.append(trade(10))
        #expect(queue.next()?.gap?.sequences == 5...9)
    }

    @Test func `one topic's flood names the gap of every topic that lost something`() {
        var queue = UpdateQueue(statesMax: 0, eventsMax: 2)
        let other = "trade:binance:ETH/USDT"
        queue.append(trade(1, topic: other))
        for sequence in 1...4 as ClosedRange<UInt64> { queue.append(trade(sequence)) }
        let taken = drain(&queue)
        #expect(taken.map(\.topic) == [other, tradeTopic, tradeTopic, tradeTopic])
        #expect(taken.map { $0.gap?.sequences } == [1...1, 1...2, nil, nil])
    }

    @Test func `a gap over a new epoch has no numbers`() {
        var queue = UpdateQueue(statesMax: 0, eventsMax: 1)
        queue.append(trade(5))
        var merged = MergedState(topic: tradeTopic)
        let renewal = Update(
            topic: 1, epoch: 10, sequence: 3, payload: .gap(Gap(reason: .newEpoch)))
        _ = try? merged.apply(renewal)
        queue.append(TopicUpdate(merged, .update(renewal)))
        queue.append(trade(4, epoch: 10))
        let gap = queue.next()?.gap
        #expect(gap?.reason == .slowConsumer)
        #expect(gap?.sequences == nil)
    }

    @Test func `dropping events leaves states and statuses in their order`() {
        var queue = UpdateQueue(statesMax: 10, eventsMax: 1)
        queue.append(state(1))
        queue.append(trade(1))
        queue.append(state(2))
        queue.append(status(.stale, topic: tradeTopic))
        queue.append(trade(2))
        let taken = drain(&queue)
        #expect(taken.filter { $0.topic == bookTopic }.map(\.state.sequence) == [2])
        #expect(taken.filter { $0.change == .status }.map(\.status) == [.stale])
        #expect(taken.compactMap { $0.gap?.sequences } == [1...1])
        #expect(taken.compactMap(\.trade?.id) == [402])
    }

    @Test func `what a topic ends with is never conflated away`() {
        var queue = UpdateQueue(statesMax: 0, eventsMax: 1)
        queue.append(state(1))
        let rejected = RejectedTopic(name: bookTopic, code: 5, message: "delisted")
        queue.append(TopicUpdate(state(1).merged, .rejected(rejected)))
        #expect(drain(&queue).map(\.change) == [.rejected(TopicRejection(rejected))])
    }

    @Test func `whatever comes in whatever order, the queue is bounded and nothing is silent`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            var queue = UpdateQueue(statesMax: 5, eventsMax: 7)
            var sent: UInt64 = 0
            var (stateSent, reached, stateReached) = (UInt64(0), UInt64(0), UInt64(0))
            func check(_ update: TopicUpdate) {
                if let gap = update.gap {
                    #expect(gap.sequences?.lowerBound == reached + 1)
                    reached = gap.sequences?.upperBound ?? 0
                } else if update.topic == tradeTopic {
                    #expect(update.state.sequence == reached + 1)
                    reached = update.state.sequence
                } else {
                    #expect(update.state.sequence == stateReached + 1 + UInt64(update.skipped))
                    stateReached = update.state.sequence
                }
            }
            for _ in 0..<300 {
                switch UInt8.random(in: 0..<5, using: &random) {
                case 0, 1:
                    sent += 1
                    queue.append(trade(sent))
                case 2, 3:
                    stateSent += 1
                    queue.append(state(stateSent))
                default: if let update = queue.next() { check(update) }
                }
                #expect(queue.count <= 5 + 7 + 2 * 2)
            }
            while let update = queue.next() { check(update) }
            #expect(reached == sent)
            #expect(stateReached == stateSent)
        }
    }
}
