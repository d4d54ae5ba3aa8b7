/// The updates of some topics, as a sequence without end: merged states and single events, through
/// lost connections and restarted gateways.
///
/// Each iteration is a subscription of its own, over the client's one connection; leaving the loop
/// or cancelling its task ends the call at the gateway. A consumer that is slow gets the newest
/// state and named gaps, never a growing queue (`SubscriptionOptions`).
///
/// Ends with an error when it cannot go on, and without one when the client is closed.
public struct TopicSubscription: AsyncSequence, Sendable {
    public typealias Element = TopicUpdate
    public typealias Failure = PenstockError

    let client: PenstockClient
    let topics: [String]
    let options: SubscriptionOptions

    public func makeAsyncIterator() -> Iterator {
        Iterator(life: SubscriptionLife(client, topics, options))
    }

    public struct Iterator: AsyncIteratorProtocol {
        let life: SubscriptionLife

        /// The next update; suspends until there is one.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(PenstockError) -> TopicUpdate? {
            switch await life.next(isolation: actor) {
            case .update(let update): return update
            case .failed(let error): throw error
            case .ended: return nil
            }
        }
    }
}

/// A running subscription from the consumer's side: ends with its iterator.
final class SubscriptionLife: Sendable {
    private let client: PenstockClient
    private let id: UInt64
    private let buffer: UpdateBuffer

    init(_ client: PenstockClient, _ topics: [String], _ options: SubscriptionOptions) {
        self.client = client
        let buffer = UpdateBuffer(options)
        self.buffer = buffer
        let limit = options.establishWithin
        let wanted = options.request
        id = client.node.submit { node, id in
            node.begin(id, topics: topics, wanted: wanted, establishWithin: limit, buffer)
        }
    }

    deinit { stop() }

    func next(isolation: isolated (any Actor)?) async -> UpdateBuffer.Delivery {
        await withTaskCancellationHandler(
            operation: { await buffer.next(isolation: isolation) },
            onCancel: {
                buffer.abandon(.failed(.cancelled))
                stop()
            }, isolation: isolation)
    }

    private func stop() {
        let id = id
        client.node.submit { node, _ in node.end(id) }
    }
}
