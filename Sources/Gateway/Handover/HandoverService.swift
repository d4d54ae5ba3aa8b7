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
    private var machine: HandoverMachine
    private weak var call: HandoverCall?
    private var limitTimer: TimerID?
    private var settled: (() -> Void)?
    let log = Log("handover")

    /// - Parameter address: where the server listens, as configured.
    package init(
        hub: Hub, loop: EventLoop, address: SocketAddress, owner: any HandoverOwner
    ) {
        (self.hub, self.loop, self.owner) = (hub, loop, owner)
        machine = HandoverMachine(address: address.description)
    }

    /// The successor alone publishes.
    package var hasHandedOver: Bool { machine.state == .handedOver }

    package func register(in router: RPCRouter) {
        router.register("/\(name)/Take") { [unowned self] call in HandoverCall(call, of: self) }
    }

    /// Calls `body` when no successor is about to take over, at the latest after `limit`.
    package func whenSettled(within limit: Duration, _ body: @escaping () -> Void) {
        loop.preconditionInLoop()
        guard call != nil, !hasHandedOver else { return body() }
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
        perform(machine.received(step, at: Clock.now()))
    }

    func told() { machine.told() }

    func ended(_ call: HandoverCall) {
        guard call === self.call else { return }
        log.warning("the successor is gone, this server goes on")
        perform(machine.ended())
        forget()
    }

    private func perform(_ actions: [HandoverMachine.Action]) {
        schedule()
        for action in actions {
            switch action {
            case .tellHistory:
                log.info("a successor is warming up")
                call?.tell(complete: false)
            case .holdAndTellAll:
                owner?.hold()
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

    private func schedule() {
        if let limitTimer { loop.cancel(limitTimer) }
        limitTimer = machine.deadline.map { deadline in
            loop.schedule(after: deadline - Clock.now()) { [weak self] in
                guard let self else { return }
                limitTimer = nil
                perform(machine.late())
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
        settle()
    }
}
