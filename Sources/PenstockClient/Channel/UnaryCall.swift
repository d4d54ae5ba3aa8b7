internal import Base
package import GRPC
package import Runtime

/// One question with one answer, within a deadline. Asked again as long as there is time if the
/// server certainly never saw it: a connection that could not be made, or one that was going away.
/// Confined to the channel's loop; owns itself until it has ended.
package final class UnaryCall: RPCClientHandler {
    private let channel: RPCChannel
    private let loop: EventLoop
    private let path: String
    private let subtype: RPCSubtype
    private let metadata: Metadata
    private let request: [UInt8]
    private let deadline: Instant
    private var ended: ((Result<[UInt8], RPCStatus>) -> Void)?
    private var call: RPCClientCall?
    private var timer: TimerID?
    private var answer: [UInt8]?
    private var answerCount = 0

    /// - Parameter ended: called once, on the loop.
    package init(
        over channel: RPCChannel, on loop: EventLoop, path: String, subtype: RPCSubtype,
        metadata: Metadata, request: [UInt8], within limit: Duration,
        ended: @escaping (Result<[UInt8], RPCStatus>) -> Void
    ) {
        self.channel = channel
        self.loop = loop
        self.path = path
        self.subtype = subtype
        self.metadata = metadata
        self.request = request
        self.ended = ended
        deadline = Clock.now() + limit
    }

    package func start() {
        timer = nil
        let left = deadline - Clock.now()
        guard left > .zero else { return finish(.failure(Self.late)) }
        do throws(RPCStatus) {
            let call = try channel.start(
                path: path, subtype: subtype, metadata: metadata, timeout: left, handler: self)
            self.call = call
            let isSent = request.withRawSpan { call.send($0) }
            call.halfClose()
            if !isSent { call.cancel() }
        } catch {
            retry(error)
        }
    }

    package func cancel() {
        if let timer { loop.cancel(timer) }
        timer = nil
        ended = nil
        call?.cancel()
        call = nil
    }

    private static let late = RPCStatus(.deadlineExceeded, "the deadline passed")

    private func retry(_ status: RPCStatus) {
        guard status.code == .unavailable else { return finish(.failure(status)) }
        // A little later than the channel's pause, so that it is over.
        let delay = max(channel.waitingTime, .milliseconds(1))
        guard Clock.now() + delay < deadline else { return finish(.failure(status)) }
        timer = loop.schedule(after: delay) { self.start() }
    }

    private func finish(_ result: Result<[UInt8], RPCStatus>) {
        let ended = ended
        self.ended = nil
        call = nil
        ended?(result)
    }

    package func receivedMessage(_ message: RawSpan, on call: RPCClientCall) {
        answerCount += 1
        answer = message.copyBytes()
    }

    package func finished(_ status: RPCStatus, trailers: Metadata, on call: RPCClientCall) {
        guard ended != nil else { return }
        self.call = nil
        if status.code != .ok {
            return call.mayBeProcessed ? finish(.failure(status)) : retry(status)
        }
        guard let answer, answerCount == 1 else {
            let text = "a unary response of \(answerCount) messages"
            return finish(.failure(RPCStatus(.unimplemented, text)))
        }
        finish(.success(answer))
    }
}
