internal import GRPC
internal import Runtime
internal import Schema

/// Between the loop that receives and the task that consumes: a bounded queue, and the task that
/// waits for it. One consumer.
final class UpdateBuffer: SubscriptionSink, Sendable {
    enum Delivery: Sendable {
        case update(TopicUpdate)
        case failed(PenstockError)
        case ended
    }

    private struct State {
        var queue: UpdateQueue
        var consumer: CheckedContinuation<Delivery, Never>?
        /// What comes behind the queue, once.
        var end: Delivery?
        /// The end was delivered.
        var isOver = false
        var rejections: [TopicRejection] = []

        mutating func take() -> Delivery? {
            if let update = queue.next() { return .update(update) }
            if isOver { return .ended }
            isOver = end != nil
            return end
        }
    }

    private let state: Locked<State>
    private let interrupted: @Sendable (SubscriptionInterruption) -> Void

    init(_ options: SubscriptionOptions) {
        let queue = UpdateQueue(
            statesMax: options.statesKeptMax, eventsMax: options.eventsKeptMax)
        state = Locked(State(queue: queue))
        interrupted = options.onInterruption
    }

    // MARK: the consumer's side

    func next(isolation: isolated (any Actor)?) async -> Delivery {
        if let ready = state.withLock({ $0.take() }) { return ready }
        return await withCheckedContinuation(isolation: isolation) { consumer in
            let ready = state.withLock { state -> Delivery? in
                if let ready = state.take() { return ready }
                precondition(state.consumer == nil, "two tasks consume one subscription")
                state.consumer = consumer
                return nil
            }
            if let ready { consumer.resume(returning: ready) }
        }
    }

    /// What waits is thrown away, and the consumer gets this at once.
    func abandon(_ end: Delivery) {
        change { state in
            state.queue = UpdateQueue(statesMax: 0, eventsMax: 1)
            state.end = end
        }
    }

    // MARK: the loop's side

    func updated(_ state: MergedState, by update: Update) {
        append(TopicUpdate(state, .update(update)))
    }

    func statusChanged(_ state: MergedState) { append(TopicUpdate(state, .status)) }

    func rejected(_ topic: RejectedTopic, _ merged: MergedState) {
        change { state in
            guard state.end == nil else { return }
            state.rejections.append(TopicRejection(topic))
            state.queue.append(TopicUpdate(merged, .rejected(topic)))
        }
    }

    func interrupted(_ reason: String, retryingAfter delay: Duration) {
        interrupted(SubscriptionInterruption(reason: reason, retryAfter: delay))
    }

    func ended(_ status: RPCStatus?) {
        change { state in
            guard state.end == nil else { return }
            state.end = .failed(status.map { PenstockError($0) } ?? .rejected(state.rejections))
        }
    }

    private func append(_ update: TopicUpdate) {
        change { state in
            if state.end == nil { state.queue.append(update) }
        }
    }

    /// Changes the state, and wakes the consumer outside the lock if there is something for it.
    private func change(_ body: (inout State) -> Void) {
        let woken = state.withLock { state -> (CheckedContinuation<Delivery, Never>, Delivery)? in
            body(&state)
            guard let consumer = state.consumer, let delivery = state.take() else { return nil }
            state.consumer = nil
            return (consumer, delivery)
        }
        if let (consumer, delivery) = woken { consumer.resume(returning: delivery) }
    }
}
