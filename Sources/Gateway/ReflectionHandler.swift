internal import Base
internal import GRPC
internal import Schema

/// One reflection call: an answer for each question, until the client ends it.
final class ReflectionHandler: RPCHandler {
    private let service: ReflectionService

    init(_ service: ReflectionService) { self.service = service }

    func receivedMessage(_ message: RawSpan, on call: RPCCall) {
        guard let request = call.decode(ServerReflectionRequest.self, message) else { return }
        call.send(service.answer(request))
    }

    func receivedEnd(on call: RPCCall) { call.finish(.ok) }

    func cancelled(_ call: RPCCall) {}

    /// Every question was answered when it came; only the client knows whether there are more.
    func draining(_ call: RPCCall, deadline: Instant) { call.finish(StatusMapping.draining) }
}
