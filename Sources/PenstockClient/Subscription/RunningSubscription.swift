internal import Base
package import GRPC
package import Runtime
package import Schema

/// A subscription that survives: one call of `MarketData.Subscribe` over a shared channel, made
/// again with backoff and from the positions reached whenever it ends or a hole shows.
///
/// Confined to its loop; the owner keeps it alive, and `stop()` or the sink's `ended` ends it.
package final class RunningSubscription {
    private let channel: RPCChannel
    private let codec: Codec
    private let loop: EventLoop
    private let credentials: ClientCredentials
    private var machine: SubscriptionMachine
    private var backoff = RetryBackoff()
    private var random: SeededRandom
    private weak var sink: (any SubscriptionSink)?

    private var call: RPCClientCall?
    private var timer: TimerID?
    private var establishTimer: TimerID?
    private var hasStarted = false
    /// What the present call was made with.
    private var usedToken: String?
    /// Set once the present attempt is over and not yet cleared away.
    private var outcome: RPCStatus?

    static let path = "/penstock.v1.MarketData/Subscribe"

    /// - Parameters:
    ///   - codec: protobuf or MessagePack.
    ///   - seed: varies the waiting times of the backoff.
    package init(
        topics: [String], wanted: SubscribeRequest = SubscribeRequest(),
        codec: Codec = .protobuf, over channel: RPCChannel, on loop: EventLoop,
        credentials: ClientCredentials = ClientCredentials(), seed: UInt64,
        sink: any SubscriptionSink
    ) {
        precondition(codec != .json, "gRPC carries protobuf or MessagePack")
        self.channel = channel
        self.codec = codec
        self.loop = loop
        self.credentials = credentials
        self.sink = sink
        machine = SubscriptionMachine(topics: topics, wanted: wanted)
        random = SeededRandom(seed: seed)
    }

    /// The merged states, in the order of the topics, without those that ended.
    package var states: [MergedState] { machine.states }

    /// - Parameter limit: ends with DEADLINE_EXCEEDED unless the server has acknowledged the
    ///   subscription by then; nil: it waits for ever. An interruption later has no limit.
    package func start(establishWithin limit: Duration? = nil) {
        loop.preconditionInLoop()
        precondition(!hasStarted, "started twice")
        hasStarted = true
        if let limit {
            establishTimer = loop.schedule(after: limit) { [weak self] in self?.isLate(limit) }
        }
        subscribe()
    }

    /// Ends it quietly: no further call to the sink. The server is told.
    package func stop() {
        loop.preconditionInLoop()
        sink = nil
        cancelTimers()
        let call = call
        self.call = nil
        call?.cancel()
    }

    private func cancelTimers() {
        for timer in [timer, establishTimer] {
            if let timer { loop.cancel(timer) }
        }
        (timer, establishTimer) = (nil, nil)
    }

    private func isLate(_ limit: Duration) {
        guard let sink, !machine.isAcknowledged else { return }
        stop()
        let text = "the subscription was not acknowledged within \(limit)"
        sink.ended(RPCStatus(.deadlineExceeded, text))
    }

    private func subscribe() {
        timer = nil
        outcome = nil
        machine.began()
        usedToken = credentials.token
        do throws(RPCStatus) {
            let call = try channel.start(
                path: Self.path, subtype: codec == .messagePack ? .messagePack : .protobuf,
                metadata: credentials.metadata, handler: self)
            self.call = call
            let isSent = machine.request.encoded(codec).withRawSpan { call.send($0) }
            call.halfClose()
            if !isSent { abandon(call, "the request could not be sent") }
            // It may be over already, before anybody knew its name.
            if !call.isOpen { conclude(RPCStatus(.unavailable, "the call ended at once")) }
        } catch {
            conclude(error)
        }
    }

    /// Notes that this attempt is over; what follows happens outside the connection's calls.
    private func conclude(_ status: RPCStatus) {
        guard outcome == nil else { return }
        outcome = status
        loop.atEndOfTurn { [weak self] in self?.settle() }
    }

    private func settle() {
        guard var status = outcome, sink != nil else { return }
        call = nil
        if status.code == .unauthenticated && usedToken != credentials.token {
            // The token expired, and there is a newer one.
            status = RPCStatus(.unavailable, status.message)
        }
        // Delivered when the machine is at rest: the sink may ask for `states`.
        var events: [(SubscriptionEvent, MergedState)] = []
        let end = machine.finished(status) { events.append(($0, $1)) }
        deliver(events)
        guard let sink else { return }
        switch end {
        case .retry:
            let delay = max(backoff.next(using: &random), channel.waitingTime)
            timer = loop.schedule(after: delay) { [weak self] in self?.subscribe() }
            sink.interrupted("\(status.code): \(status.message)", retryingAfter: delay)
        case .nothingLeft:
            stop()
            sink.ended(nil)
        case .refused(let status):
            stop()
            sink.ended(status)
        }
    }

    private func deliver(_ events: [(SubscriptionEvent, MergedState)]) {
        for (event, state) in events {
            switch event {
            case .updated(let update): sink?.updated(state, by: update)
            case .statusChanged: sink?.statusChanged(state)
            case .rejected(let rejected): sink?.rejected(rejected, state)
            }
        }
    }
}

extension RunningSubscription: RPCClientHandler {
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
            if let establishTimer { loop.cancel(establishTimer) }
            establishTimer = nil
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
