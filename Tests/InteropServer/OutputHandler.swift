import Base
import GRPC
import InteropMessages
import Runtime

/// `StreamingOutputCall`, `FullDuplexCall`, `HalfDuplexCall`: every request names the responses it
/// wants. They leave in order, each after its interval, and only as fast as the client reads.
final class OutputHandler: RPCHandler {
    private let call: RPCCall
    private let loop: EventLoop
    private let answersAfterEnd: Bool
    private var wanted: [ResponseParameters] = []
    private var next = 0
    private var hasEnded = false
    private var timer: TimerID?
    /// The next response has waited for its interval.
    private var isDue = false

    init(_ call: RPCCall, loop: EventLoop, answersAfterEnd: Bool) {
        self.call = call
        self.loop = loop
        self.answersAfterEnd = answersAfterEnd
    }

    func receivedMessage(_ message: RawSpan, on call: RPCCall) {
        let request = StreamingOutputCallRequest(decoding: message.copyBytes())
        if let status = request.responseStatus?.status, status != .ok { return end(status) }
        wanted += request.responseParameters
        let asksGzip = request.responseParameters.contains { $0.compressed?.value == true }
        if asksGzip && call.acceptsGzip { call.responseEncoding = .gzip }
        if !answersAfterEnd { goOn() }
    }

    func receivedEnd(on call: RPCCall) {
        hasEnded = true
        goOn()
    }

    func cancelled(_ call: RPCCall) { stopTimer() }

    func becameWritable(_ call: RPCCall) { goOn() }

    private func goOn() {
        while timer == nil, next < wanted.count {
            let parameters = wanted[next]
            if parameters.intervalMicroseconds > 0 && !isDue {
                timer = loop.schedule(
                    after: .microseconds(parameters.intervalMicroseconds)
                ) { [weak self] in
                    guard let self else { return }
                    (timer, isDue) = (nil, true)
                    goOn()
                }
                return
            }
            let response = StreamingOutputCallResponse(payload: Payload(size: parameters.size))
            let frame = response.encoded.withRawSpan { message in
                call.framed(message, compressed: parameters.compressed?.value ?? false)
            }
            guard frame.withRawSpan({ call.trySend(framed: $0) }) else { return }
            next += 1
            isDue = false
        }
        if hasEnded && next == wanted.count { end(.ok) }
    }

    private func end(_ status: RPCStatus) {
        stopTimer()
        call.finish(status)
    }

    private func stopTimer() {
        if let timer { loop.cancel(timer) }
        timer = nil
    }
}
