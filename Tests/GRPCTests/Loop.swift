import Base
import HTTP2

@testable import GRPC

/// An RPC server and client joined in memory, with a clock that the test moves.
final class Loop {
    let router: RPCRouter
    let server: RPCServerConnection
    let client: RPCClientConnection
    let serverOutput = OutputBuffer()
    let clientOutput = OutputBuffer()
    var now = Instant(nanoseconds: 1_000_000_000)
    var stride = Int.max

    init(
        limits: RPCLimits = RPCLimits(), clientLimits: HTTP2Limits = .client,
        interceptors: [any RPCInterceptor] = []
    ) {
        router = RPCRouter(interceptors: interceptors)
        server = RPCServerConnection(
            router: router, output: serverOutput, peer: RPCPeer(address: "test"), limits: limits
        ) {
            PlainResponse(status: $0.path == "/healthz" ? 200 : 404, text: "ok\n")
        }
        client = RPCClientConnection(output: clientOutput, http2Limits: clientLimits)
        exchange()
    }

    func exchange() {
        while !serverOutput.isEmpty || !clientOutput.isEmpty {
            let (down, up) = (serverOutput.copyBytes(), clientOutput.copyBytes())
            serverOutput.removeAll()
            clientOutput.removeAll()
            if server.waitsForOutput { server.outputDrained() }
            cut(down) { client.received($0) }
            cut(up) { server.received($0, now: now) }
        }
    }

    private func cut(_ bytes: [UInt8], _ deliver: (RawSpan) -> Void) {
        var start = 0
        while start < bytes.count {
            let end = start + min(stride, bytes.count - start)
            Array(bytes[start..<end]).withRawSpan { deliver($0) }
            start = end
        }
    }

    /// Starts a call with one message and half-closes.
    @discardableResult
    func call(
        _ path: String, _ message: [UInt8]? = [], subtype: RPCSubtype = .protobuf,
        metadata: Metadata = Metadata(), timeout: Duration? = nil, halfClose: Bool = true
    ) -> Answer {
        let answer = Answer()
        answer.call = client.start(
            path: path, authority: "test", subtype: subtype, metadata: metadata, timeout: timeout,
            handler: answer)
        if let message { _ = message.withRawSpan { answer.call!.send($0) } }
        if halfClose { answer.call!.halfClose() }
        exchange()
        return answer
    }
}

/// What a client's call received.
final class Answer: RPCClientHandler {
    var call: RPCClientCall?
    var headers: Metadata?
    var messages: [[UInt8]] = []
    var status: RPCStatus?
    var trailers = Metadata()
    var finishedCount = 0
    var writableCount = 0

    func becameWritable(_ call: RPCClientCall) { writableCount += 1 }
    func receivedHeaders(_ metadata: Metadata, on call: RPCClientCall) { headers = metadata }
    func receivedMessage(_ message: RawSpan, on call: RPCClientCall) {
        messages.append(message.copyBytes())
    }
    func finished(_ status: RPCStatus, trailers: Metadata, on call: RPCClientCall) {
        self.status = status
        self.trailers = trailers
        finishedCount += 1
    }
}

/// A handler that records, and reacts as the test says.
final class Recorder: RPCHandler {
    let call: RPCCall
    var messages: [[UInt8]] = []
    var ends = 0
    var cancellations = 0
    var writable = 0
    var onMessage: (RPCCall, [UInt8]) -> Void = { _, _ in }
    var onEnd: (RPCCall) -> Void = { _ in }
    var onWritable: (RPCCall) -> Void = { _ in }
    var deadlines: [Instant] = []
    var onDraining: (RPCCall, Instant) -> Void = { _, _ in }

    init(_ call: RPCCall) { self.call = call }

    func receivedMessage(_ message: RawSpan, on call: RPCCall) {
        messages.append(message.copyBytes())
        onMessage(call, message.copyBytes())
    }
    func receivedEnd(on call: RPCCall) {
        ends += 1
        onEnd(call)
    }
    func cancelled(_ call: RPCCall) { cancellations += 1 }
    func becameWritable(_ call: RPCCall) {
        writable += 1
        onWritable(call)
    }
    func draining(_ call: RPCCall, deadline: Instant) {
        deadlines.append(deadline)
        onDraining(call, deadline)
    }
}

extension Loop {
    /// Registers a recorder; the box holds the latest.
    func record(_ path: String, _ prepare: @escaping (Recorder) -> Void = { _ in }) -> Box {
        let box = Box()
        router.register(path) { call in
            let recorder = Recorder(call)
            prepare(recorder)
            box.recorder = recorder
            return recorder
        }
        return box
    }
}

final class Box { var recorder: Recorder! }

func framed(_ message: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    MessageDeframer.appendPrefix(size: message.count, to: &bytes)
    return bytes + message
}
