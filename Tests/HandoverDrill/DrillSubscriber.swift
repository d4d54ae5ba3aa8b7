internal import Base
internal import GRPC
internal import Market
internal import PenstockClient
internal import Runtime
internal import Schema
internal import Streams

/// One `MarketData.Subscribe` after another, each from where the last one ended. Stricter than a
/// client has to be: every update must lead on from exactly the last one.
final class DrillSubscriber: RPCClientHandler {
    let topic: String
    private(set) var state: MergedState
    private(set) var tally = DrillTally()
    private(set) var isRunning = false

    private let loop: EventLoop
    private let channel: RPCChannel
    private var call: RPCClientCall?
    private var hasBegun = false
    private var lastTrade: UInt64?
    private var isOver = false

    init(topic: String, at address: SocketAddress, on loop: EventLoop, seed: UInt64) {
        self.topic = topic
        self.loop = loop
        state = MergedState(topic: topic)
        var options = RPCChannelOptions()
        options.seed = seed
        channel = RPCChannel(to: Endpoint(address), on: loop, options: options)
    }

    func start() {
        guard !isOver else { return }
        var request = SubscribeRequest(topics: [topic])
        if let position = state.position {
            request.resume = [
                TopicPosition(topic: topic, epoch: position.epoch, sequence: position.sequence)
            ]
        }
        do throws(RPCStatus) {
            let call = try channel.start(
                path: "/penstock.v1.MarketData/Subscribe", handler: self)
            self.call = call
            _ = request.encoded(.protobuf).withRawSpan { call.send($0) }
            call.halfClose()
        } catch {
            startAgain()
        }
    }

    func stop() {
        isOver = true
        channel.close()
    }

    private func startAgain() {
        isRunning = false
        loop.schedule(after: channel.waitingTime + .milliseconds(1)) { [weak self] in
            self?.start()
        }
    }

    // MARK: RPCClientHandler

    func receivedMessage(_ message: RawSpan, on call: RPCClientCall) {
        do {
            let update = try Update(decoding: message, .protobuf)
            if case .subscribed(let subscribed) = update.payload { return accepted(subscribed) }
            check(update)
            _ = try state.apply(update)
        } catch {
            tally.failures += 1
            StandardStreams.error("\(topic): \(error)\n")
        }
    }

    func finished(_ status: RPCStatus, trailers: Metadata, on call: RPCClientCall) {
        guard !isOver else { return }
        if status.code != .unavailable {
            tally.failures += 1
            StandardStreams.error("\(topic): \(status)\n")
        }
        startAgain()
    }

    // MARK: Checks

    private func accepted(_ subscribed: Subscribed) {
        guard let accepted = subscribed.accepted.first else {
            tally.failures += 1
            return
        }
        isRunning = true
        let before = state.position?.epoch
        if hasBegun {
            tally.calls += 1
            if accepted.resumed == true { tally.resumed += 1 }
        }
        hasBegun = true
        state.accepted(accepted)
        if let before, accepted.epoch != before { tally.epochChanges += 1 }
    }

    private func check(_ update: Update) {
        tally.updates += 1
        if case .gap = update.payload { tally.gaps += 1 }
        if case .trade(let trade) = update.payload {
            tally.trades += 1
            if let lastTrade, trade.id != lastTrade + 1 { tally.tradeHoles += 1 }
            lastTrade = trade.id
        }
        guard let known = state.position, let sequence = update.sequence else { return }
        if update.epoch != known.epoch { return tally.epochChanges += 1 }
        if sequence <= known.sequence { tally.repeated += 1 }
        guard let base = update.baseSequence ?? (state.kind.isState ? nil : sequence - 1) else {
            return tally.snapshots += 1
        }
        if base > known.sequence { tally.missing += 1 }
        if base < known.sequence { tally.repeated += 1 }
    }
}
