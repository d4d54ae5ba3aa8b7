import Base
import GRPC
import InteropMessages

/// `StreamingInputCall`: adds up what the client sends.
final class InputHandler: RPCHandler {
    private var size = 0

    func receivedMessage(_ message: RawSpan, on call: RPCCall) {
        let request = StreamingInputCallRequest(decoding: message.copyBytes())
        if let refusal = InteropService.refusal(expecting: request.expectCompressed, on: call) {
            return call.finish(refusal)
        }
        size += request.payload?.body.count ?? 0
    }

    func receivedEnd(on call: RPCCall) {
        var response = StreamingInputCallResponse()
        response.aggregatedPayloadSize = size
        response.encoded.withRawSpan { call.send($0) }
        call.finish(.ok)
    }

    func cancelled(_ call: RPCCall) {}
}
