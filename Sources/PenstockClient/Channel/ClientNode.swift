internal import Base
internal import GRPC
internal import Runtime
internal import Schema
internal import Synchronization

/// The client's inside, pinned to its loop: the channel, and what runs over it.
actor ClientNode {
    nonisolated let loop: EventLoop
    nonisolated let codec: Codec
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.asUnownedSerialExecutor()
    }

    private nonisolated let ids = Atomic<UInt64>(0)
    let credentials: ClientCredentials
    private let channel: RPCChannel
    private var random: SeededRandom
    private var subscriptions: [UInt64: (RunningSubscription, UpdateBuffer)] = [:]
    private var questions: [UInt64: (UnaryCall, PendingReply)] = [:]
    private var isClosed = false

    init(
        on loop: EventLoop, endpoint: Endpoint, token: String?, codec: Codec,
        options: RPCChannelOptions
    ) {
        self.loop = loop
        self.codec = codec
        credentials = ClientCredentials(token: token)
        channel = RPCChannel(to: endpoint, on: loop, options: options)
        random = SeededRandom(seed: options.seed)
    }

    /// Hands work over from any thread, in order. Returns the number that the work gets.
    @discardableResult
    nonisolated func submit(
        _ work: @escaping @Sendable (isolated ClientNode, UInt64) -> Void
    ) -> UInt64 {
        let id = ids.add(1, ordering: .relaxed).newValue
        loop.execute { self.assumeIsolated { work($0, id) } }
        return id
    }

    func begin(
        _ id: UInt64, topics: [String], wanted: SubscribeRequest,
        establishWithin limit: Duration?, _ buffer: UpdateBuffer
    ) {
        if isClosed { return buffer.abandon(.ended) }
        let subscription = RunningSubscription(
            topics: topics, wanted: wanted, codec: codec, over: channel, on: loop,
            credentials: credentials,
            seed: random.next(), sink: buffer)
        subscriptions[id] = (subscription, buffer)
        subscription.start(establishWithin: limit)
    }

    /// The consumer is gone.
    func end(_ id: UInt64) { subscriptions.removeValue(forKey: id)?.0.stop() }

    func ask(
        _ id: UInt64, _ method: String, _ request: [UInt8], within limit: Duration,
        _ reply: PendingReply
    ) {
        if isClosed { return reply.finish(.failure(.closed)) }
        // Cancelled before it began.
        if reply.isOver { return }
        let call = UnaryCall(
            over: channel, on: loop, path: "/penstock.v1.MarketData/\(method)",
            subtype: codec == .messagePack ? .messagePack : .protobuf,
            metadata: credentials.metadata, request: request, within: limit
        ) { [weak self] result in
            self?.assumeIsolated { $0.questions[id] = nil }
            reply.finish(result.mapError { PenstockError($0) })
        }
        questions[id] = (call, reply)
        call.start()
    }

    /// Nobody waits for the answer any more.
    func forget(_ id: UInt64) { questions.removeValue(forKey: id)?.0.cancel() }

    func close() {
        if isClosed { return }
        isClosed = true
        for (subscription, buffer) in subscriptions.values {
            subscription.stop()
            buffer.abandon(.ended)
        }
        for (call, reply) in questions.values {
            call.cancel()
            reply.finish(.failure(.closed))
        }
        (subscriptions, questions) = ([:], [:])
        channel.close()
    }
}
