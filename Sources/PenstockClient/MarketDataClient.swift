internal import Base
package import GRPC
package import Runtime
package import Schema

/// A subscription that survives: one call of `MarketData.Subscribe` on one connection, made again
/// with backoff and from the positions reached whenever either ends or a hole shows.
///
/// Confined to its loop; the owner keeps it alive, and `stop()` or `ended` ends it.
package final class MarketDataClient {
    private let server: Endpoint
    private let codec: Codec
    private let loop: EventLoop
    private var machine: SubscriptionMachine
    private var backoff = RetryBackoff()
    private var random: SeededRandom
    private weak var delegate: (any MarketDataClientDelegate)?

    private var stream: ByteStream?
    private var connection: RPCClientConnection?
    private var call: RPCClientCall?
    private var timer: TimerID?
    /// Set once the present attempt is over and not yet cleared away.
    private var outcome: RPCStatus?

    static let path = "/penstock.v1.MarketData/Subscribe"
    /// A local server answers at once, one across an ocean well within this.
    static let connectLimit = Duration.seconds(5)

    /// - Parameters:
    ///   - codec: protobuf or MessagePack.
    ///   - seed: varies the waiting times of the backoff.
    package init(
        server: Endpoint, topics: [String], codec: Codec = .protobuf, on loop: EventLoop,
        seed: UInt64, delegate: any MarketDataClientDelegate
    ) {
        precondition(codec != .json, "gRPC carries protobuf or MessagePack")
        self.server = server
        self.codec = codec
        self.loop = loop
        self.delegate = delegate
        machine = SubscriptionMachine(topics: topics)
        random = SeededRandom(seed: seed)
    }

    /// The merged states, in the order of the topics, without those that ended.
    package var states: [MergedState] { machine.states }

    package func start() {
        loop.preconditionInLoop()
        precondition(stream == nil && timer == nil, "started twice")
        connect()
    }

    /// Ends it quietly: no further call to the delegate.
    package func stop() {
        loop.preconditionInLoop()
        delegate = nil
        if let timer { loop.cancel(timer) }
        timer = nil
        call?.cancel()
        let stream = leave()
        stream?.closeAfterFlush()
    }

    private func connect() {
        timer = nil
        outcome = nil
        machine.began()
        stream = ByteStream.connect(
            to: server, on: loop, timeout: Self.connectLimit, delegate: self)
    }

    private func subscribe(over connection: RPCClientConnection) {
        let subtype: RPCSubtype = codec == .messagePack ? .messagePack : .protobuf
        call = connection.start(
            path: Self.path, authority: server.description, subtype: subtype, handler: self)
        let request = machine.request.encoded(codec)
        let isSent = request.withRawSpan { call?.send($0) } ?? false
        call?.halfClose()
        if !isSent { conclude(RPCStatus(.unavailable, "the request could not be sent")) }
    }

    /// Forgets the connection, so that nothing it still says counts.
    private func leave() -> ByteStream? {
        defer { (stream, connection, call) = (nil, nil, nil) }
        stream?.delegate = nil
        return stream
    }

    /// Notes that this attempt is over; what follows happens outside the connection's calls.
    private func conclude(_ status: RPCStatus) {
        guard outcome == nil else { return }
        outcome = status
        loop.atEndOfTurn { [weak self] in self?.settle() }
    }

    private func settle() {
        guard let status = outcome, delegate != nil else { return }
        leave()?.closeAfterFlush()
        // Delivered when the machine is at rest: the delegate may ask for `states`.
        var events: [(SubscriptionEvent, MergedState)] = []
        let end = machine.finished(status) { events.append(($0, $1)) }
        deliver(events)
        switch end {
        case .retry:
            let delay = backoff.next(using: &random)
            guard delegate != nil else { return }
            timer = loop.schedule(after: delay) { [weak self] in self?.connect() }
            delegate?.interrupted("\(status.code): \(status.message)", retryingAfter: delay)
        case .nothingLeft:
            delegate?.ended(nil)
        case .refused(let status):
            delegate?.ended(status)
        }
    }

    private func deliver(_ events: [(SubscriptionEvent, MergedState)]) {
        for (event, state) in events {
            switch event {
            case .updated(let update): delegate?.updated(state, by: update)
            case .statusChanged: delegate?.statusChanged(state)
            case .rejected(let rejected): delegate?.rejected(rejected)
            }
        }
    }
}

extension MarketDataClient: ByteStreamDelegate {
    package func opened(_ stream: ByteStream) {
        guard stream === self.stream else { return }
        let connection = RPCClientConnection(
            output: stream.output, wantsFlush: { [weak stream] in stream?.flushAtEndOfTurn() })
        self.connection = connection
        stream.flushAtEndOfTurn()
        subscribe(over: connection)
    }

    package func received(_ bytes: RawSpan, on stream: ByteStream) {
        guard stream === self.stream, let connection else { return }
        connection.outputBlocked = stream.isBlocked
        connection.received(bytes)
        if !stream.output.isEmpty { stream.flushAtEndOfTurn() }
        if connection.failure != nil {
            conclude(RPCStatus(.unavailable, "the server broke HTTP/2"))
        }
    }

    package func becameWritable(_ stream: ByteStream) {
        guard stream === self.stream else { return }
        connection?.outputDrained()
    }

    package func closed(_ stream: ByteStream, _ reason: SystemError?) {
        guard stream === self.stream else { return }
        conclude(RPCStatus(.unavailable, reason?.description ?? "the server closed the connection"))
        connection?.connectionLost()
    }
}

extension MarketDataClient: RPCClientHandler {
    package func receivedMessage(_ message: RawSpan, on call: RPCClientCall) {
        guard call === self.call, outcome == nil else { return }
        let update: Update
        do throws(SchemaError) {
            update = try Update(decoding: message, codec)
        } catch {
            return abandon(call, "the server sent what is no update: \(error)")
        }
        var events: [(SubscriptionEvent, MergedState)] = []
        do throws(SubscriptionError) {
            try machine.received(update) { events.append(($0, $1)) }
            backoff.succeeded()
            deliver(events)
        } catch {
            abandon(call, "the subscription must begin again: \(error)")
        }
    }

    package func finished(_ status: RPCStatus, trailers: Metadata, on call: RPCClientCall) {
        guard call === self.call else { return }
        conclude(status)
    }

    private func abandon(_ call: RPCClientCall, _ reason: String) {
        conclude(RPCStatus(.aborted, reason))
        call.cancel()
    }
}
