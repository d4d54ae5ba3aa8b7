internal import Base
internal import GRPC
package import Runtime
internal import Schema

/// A client of one Penstock gateway.
///
///     let client = try PenstockClient(.init(endpoint: "127.0.0.1:7400"))
///     for try await update in client.subscribe(to: ["book:binance:BTC/USDT"]) {
///         guard update.state.isLive, let bid = update.state.bestBid else { continue }
///         show(update.topic, bid.price, bid.quantity)
///     }
///
/// All its calls share one connection, made when the first one needs it. Any number of tasks may
/// use it; its own work happens on one thread that all clients of the process share.
public final class PenstockClient: Sendable {
    let node: ClientNode

    /// - Throws: `invalidConfiguration`. Nothing is connected yet.
    public convenience init(_ configuration: ClientConfiguration) throws(PenstockError) {
        guard case .success(let loop) = Self.sharedLoop else {
            throw .unavailable("the system has no thread for the client")
        }
        try self.init(configuration, on: loop)
    }

    /// With a loop of the caller's, and options that tests change.
    package init(
        _ configuration: ClientConfiguration, on loop: EventLoop,
        options: RPCChannelOptions = RPCChannelOptions()
    ) throws(PenstockError) {
        let endpoint = try Endpoint(configuration)
        var options = options
        if options.seed == 0 { options.seed = UInt64(bitPattern: Clock.timestamp().nanoseconds) }
        node = ClientNode(
            on: loop, endpoint: endpoint, token: configuration.token,
            codec: configuration.encoding == .messagePack ? .messagePack : .protobuf,
            options: options)
    }

    deinit { close() }

    /// Lives as long as the process.
    private static let sharedLoop = Result<EventLoop, SystemError> { () throws(SystemError) in
        try EventLoop(name: "penstock-client")
    }

    /// The updates of these topics, merged; see `TopicSubscription`. Begins when iterated.
    ///
    /// A topic is `tick:VENUE:BASE/QUOTE`, `book:VENUE:BASE/QUOTE[:DEPTH]`, `trade:…` or
    /// `aggtrade:…`. A topic that the gateway rejects is an update with that change; if it rejects
    /// all, the sequence ends with `PenstockError.rejected`.
    public func subscribe(
        to topics: [String], options: SubscriptionOptions = SubscriptionOptions()
    ) -> TopicSubscription {
        TopicSubscription(client: self, topics: topics, options: options)
    }

    /// The present state of ticks and books, all read in one moment. Topics that the gateway
    /// rejects are left out; if it rejects all, that is the error.
    /// - Throws: `unavailable` when a topic has no state yet, or the gateway is out of reach until
    ///   the deadline.
    public func snapshot(
        of topics: [String], within deadline: Duration = .seconds(5)
    ) async throws(PenstockError) -> [TopicState] {
        let response: GetSnapshotResponse = try await ask(
            "GetSnapshot", GetSnapshotRequest(topics: topics), deadline)
        var names: [UInt32: String] = [:]
        for accepted in response.subscribed?.accepted ?? [] {
            if let number = accepted.number { names[number] = accepted.name }
        }
        var states: [TopicState] = []
        for update in response.snapshots {
            guard let name = update.topic.flatMap({ names[$0] }) else {
                throw .undecodable("the gateway sent the snapshot of a topic that it did not name")
            }
            var state = MergedState(topic: name)
            do throws(MergeError) {
                _ = try state.apply(update)
            } catch {
                throw .undecodable("the gateway's snapshot of \(name) is none: \(error)")
            }
            states.append(TopicState(state))
        }
        return states
    }

    /// What a venue lists, or all configured venues, as far as their lists are known.
    public func instruments(
        venue: String? = nil, within deadline: Duration = .seconds(5)
    ) async throws(PenstockError) -> [ListedInstrument] {
        let response: ListInstrumentsResponse = try await ask(
            "ListInstruments", ListInstrumentsRequest(venue: venue), deadline)
        return response.instruments.map { ListedInstrument($0) }
    }

    /// Calls begun from now on show this token; subscriptions that end because the old one expired
    /// go on with it.
    public func setToken(_ token: String?) {
        node.submit { node, _ in node.credentials.token = token }
    }

    /// Ends everything: sequences end, questions fail with `closed`. What has not left is lost.
    public func close() { node.submit { node, _ in node.close() } }

    /// A question that is asked again until the deadline when the gateway never saw it.
    func ask<Request: WireMessage, Response: WireMessage>(
        _ method: String, _ request: Request, _ limit: Duration
    ) async throws(PenstockError) -> Response {
        let reply = PendingReply()
        let message = request.encoded(node.codec)
        let answer = await withTaskCancellationHandler {
            let id = node.submit { node, id in
                node.ask(id, method, message, within: limit, reply)
            }
            let answer = await reply.value()
            if answer == .failure(.cancelled) { node.submit { node, _ in node.forget(id) } }
            return answer
        } onCancel: {
            reply.finish(.failure(.cancelled))
        }
        let bytes = try answer.get()
        do throws(SchemaError) {
            return try bytes.withRawSpan { bytes throws(SchemaError) in
                try Response(decoding: bytes, node.codec)
            }
        } catch {
            throw .undecodable("the gateway's answer to \(method) cannot be read: \(error)")
        }
    }
}
