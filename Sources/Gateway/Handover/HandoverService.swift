internal import Base
package import Core
package import GRPC
package import Runtime
internal import Schema

/// `Handover.Take`: tells a successor what the hub knows, for a server at a local socket. One
/// successor at a time. Confined to its loop.
package final class HandoverService: RPCService {
    package let name = "penstock.handover.v1.Handover"
    let hub: Hub
    let loop: EventLoop
    weak var owner: (any HandoverOwner)?
    private(set) var machine = HandoverMachine()
    private weak var call: HandoverCall?
    private var limitTimer: TimerID?
    private var settled: (() -> Void)?
    let log = Log("handover")

    /// How long everything may be held. Default 5 s: subscribers see no change meanwhile; telling a
    /// thousand topics takes milliseconds.
    private static let holdLimit = Duration.seconds(5)

    package init(hub: Hub, loop: EventLoop, owner: any HandoverOwner) {
        (self.hub, self.loop, self.owner) = (hub, loop, owner)
    }

    package func register(in router: RPCRouter) {
        router.register("/\(name)/Take") { [unowned self] call in HandoverCall(call, of: self) }
    }

    /// Calls `body` when no successor is about to take over, at the latest after `limit`.
    package func whenSettled(within limit: Duration, _ body: @escaping () -> Void) {
        loop.preconditionInLoop()
        guard call != nil, machine.state != .handedOver else { return body() }
        settled = body
        log.info("waiting for the successor", [("limit", "\(limit)")])
        loop.schedule(after: limit) { [weak self] in self?.settle() }
    }

    private func settle() {
        settled?()
        settled = nil
    }

    // MARK: The calls' side

    func received(_ step: TakeoverStep, from call: HandoverCall) {
        if self.call == nil { self.call = call }
        guard call === self.call else {
            return call.finish(
                RPCStatus(.failedPrecondition, "another process is taking over already"))
        }
        perform(machine.received(step))
    }

    func historyTold() { machine.historyTold() }

    func ended(_ call: HandoverCall) {
        guard call === self.call else { return }
        log.warning("the successor is gone, this server goes on")
        perform(machine.ended())
        forget()
    }

    private func perform(_ actions: [HandoverMachine.Action]) {
        for action in actions {
            switch action {
            case .tellHistory:
                log.info("a successor is warming up")
                call?.tell(complete: false)
            case .holdAndTellAll:
                owner?.hold()
                limitTimer = loop.schedule(after: Self.holdLimit) { [weak self] in
                    self?.perform(self?.machine.late() ?? [])
                }
                call?.tell(complete: true)
            case .release: owner?.release()
            case .handOver:
                log.info("handed over")
                call?.finish(.ok)
                forget()
                owner?.handedOver()
            case .refuse(let reason): end(RPCStatus(.failedPrecondition, reason))
            case .giveUp(let reason): end(RPCStatus(.deadlineExceeded, reason))
            }
        }
    }

    private func end(_ status: RPCStatus) {
        log.warning("not handed over, this server goes on", [("reason", status.message)])
        call?.finish(status)
        forget()
    }

    private func forget() {
        call = nil
        if let limitTimer { loop.cancel(limitTimer) }
        limitTimer = nil
        settle()
    }
}
