internal import Base
internal import Core
internal import GRPC
internal import Runtime
internal import Schema

/// One `MarketData.Session` call: messages in, answers and frames out; what they mean is decided by
/// the dialogue.
final class SessionCall: RPCHandler, SessionOutput {
    private unowned let call: RPCCall
    private var dialogue: SessionDialogue?

    init(_ call: RPCCall, hub: Hub, limits: SessionLimits) {
        self.call = call
        let identity: any SessionIdentity =
            call.caller.map { CallerOfSession($0) } ?? OpenIdentity()
        dialogue = SessionDialogue(
            hub: hub, codec: call.subtype.codec, output: self, identity: identity,
            limits: limits, takesGzip: call.agreeOnGzip(with: hub))
        if let caller = call.caller, caller.mayChange {
            caller.onChange = { [weak self] _ in self?.dialogue?.permissionsChanged() }
        }
    }

    // MARK: RPCHandler

    func receivedMessage(_ message: RawSpan, on call: RPCCall) {
        // A session that has ended hears nothing.
        guard let dialogue else { return }
        guard let request = call.decode(SessionRequest.self, message) else {
            return cancelled(call)
        }
        dialogue.received(request, bytes: message.byteCount)
    }

    func receivedEnd(on call: RPCCall) { dialogue?.clientEnded() }

    func cancelled(_ call: RPCCall) {
        dialogue?.cancelled()
        dialogue = nil
    }

    func becameWritable(_ call: RPCCall) { dialogue?.becameWritable() }

    /// The server will end the call at `deadline`.
    func draining(_ call: RPCCall, deadline: Instant) { dialogue?.draining(deadline: deadline) }

    // MARK: SessionOutput

    var lane: FrameLane? { call.lane }

    func offer(_ frames: RawSpan) -> Bool { call.trySend(framed: frames) }

    func tookFurther(_ messages: Int) { call.countFurther(messages) }

    func offerMissed(_ frames: RawSpan) -> Bool { call.trySend(several: frames) }

    func enqueue(_ frames: RawSpan) { call.send(framed: frames) }

    func send(_ update: Update) { encode(update) { call.send(framed: $0) } }

    func trySend(_ update: Update) -> Bool { encode(update) { call.trySend(framed: $0) } }

    func finish(_ end: SessionEnd) {
        dialogue = nil
        call.finish(StatusMapping.status(end))
    }

    /// Into memory of its own: a send may lead to another one before it returns.
    private func encode<Result>(_ update: Update, _ body: (RawSpan) -> Result) -> Result {
        let output = OutputBuffer()
        update.encodeFramed(call.subtype.codec, into: output)
        return output.withSpan(body)
    }
}
