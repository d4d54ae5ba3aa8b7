internal import Base
internal import Core
internal import GRPC
internal import PenstockClient
internal import Runtime
internal import Schema

/// Takes the topics and the port of a running server over, by the steps of `TakeoverMachine`.
/// Confined to the loop.
final class Takeover: RPCClientHandler {
    enum Outcome: Sendable {
        /// Nobody is at the path, or somebody who ends without handing over.
        case beginsAnew
        /// The topics are here; it listens there and may accept.
        case serves(SocketAddress)
        /// The predecessor goes on.
        case failed(String)
        case cancelled
    }

    private let path: String
    private let hub: Hub
    private let loop: EventLoop
    private let channel: RPCChannel
    private let listen: () throws(SystemError) -> SocketAddress
    private var machine: TakeoverMachine
    private var inheritance: Inheritance
    /// Books that are not yet what the predecessor has.
    private var awaited: [Topic] = []
    private var call: RPCClientCall?
    private var address: SocketAddress?
    private var hasHeard = false
    private var result: Outcome?
    private var waiting: CheckedContinuation<Outcome, Never>?
    private let log = Log("takeover")

    private static let tickInterval = Duration.milliseconds(50)

    /// - Parameter listen: binds without accepting.
    init(
        _ options: TakeoverConfiguration, address: SocketAddress, hub: Hub, on loop: EventLoop,
        listen: @escaping () throws(SystemError) -> SocketAddress
    ) {
        (path, self.hub, self.loop, self.listen) = (options.path, hub, loop, listen)
        var channelOptions = RPCChannelOptions()
        // A predecessor that does not answer has not left: only the end of its socket says so.
        channelOptions.calls.keepaliveInterval = .seconds(1 << 32)
        channel = RPCChannel(to: Endpoint(path: path), on: loop, options: channelOptions)
        machine = TakeoverMachine(
            address: address.description, at: Clock.now(), within: options.limit)
        inheritance = Inheritance(limits: hub.limits)
    }

    func outcome(isolation: isolated (any Actor)? = #isolation) async -> Outcome {
        begin()
        if let result { return result }
        return await withCheckedContinuation { waiting = $0 }
    }

    func cancel() { end(.cancelled) }

    private func begin() {
        do throws(RPCStatus) {
            call = try channel.start(path: "/penstock.handover.v1.Handover/Take", handler: self)
        } catch {
            return end(.beginsAnew)
        }
        perform(machine.began())
        tick()
    }

    private func tick() {
        guard result == nil else { return }
        awaited.removeAll { $0.status == .live }
        perform(machine.timePassed(Clock.now(), awaited: awaited.map(\.name)))
        loop.schedule(after: Self.tickInterval) { [weak self] in self?.tick() }
    }

    private func perform(_ actions: [TakeoverMachine.Action]) {
        for action in actions {
            switch action {
            case .send(let step):
                _ = step.encoded(.protobuf).withRawSpan { call?.send($0) }
            case .adopt: adopt()
            case .serve:
                if let address { end(.serves(address)) }
            case .beginAnew(let reason):
                log.warning("not handed over, topics begin anew", [("reason", reason)])
                end(.beginsAnew)
            case .fail(let reason): end(.failed(reason))
            }
        }
    }

    private func adopt() {
        let count = hub.adopt(inheritance)
        log.info(
            "topics taken over",
            [("count", "\(count)"), ("told", "\(inheritance.count)"), ("from", path)])
        inheritance = Inheritance(limits: hub.limits)
        do throws(SystemError) {
            address = try listen()
            perform(machine.listens(at: Clock.now()))
        } catch {
            perform(machine.fail("\(error)"))
        }
    }

    private func end(_ outcome: Outcome) {
        guard result == nil else { return }
        result = outcome
        channel.close()
        waiting?.resume(returning: outcome)
        waiting = nil
    }

    // MARK: RPCClientHandler

    func receivedMessage(_ message: RawSpan, on call: RPCClientCall) {
        if !hasHeard { log.info("warming up to take over", [("from", path)]) }
        hasHeard = true
        do throws(SchemaError) {
            let part = try HandoverPart(decoding: message, .protobuf)
            if let record = part.topic {
                inheritance.add(record, isComplete: machine.state == .hearingAll)
            }
            if let stage = part.stage {
                if stage == .historyTold { awaited = hub.prepare(for: inheritance) }
                perform(machine.told(stage))
            }
        } catch {
            perform(machine.fail("\(error)"))
        }
    }

    func finished(_ status: RPCStatus, trailers: Metadata, on call: RPCClientCall) {
        guard result == nil else { return }
        if !hasHeard, status.code == .unavailable {
            log.debug("no predecessor", [("reason", status.message)])
            return end(.beginsAnew)
        }
        let how: TakeoverMachine.End =
            switch status.code {
            case .ok: .agreed
            case .unavailable: .left
            default: .refused
            }
        perform(machine.ended(how, "\(status.code): \(status.message)"))
    }
}
