import Base
import HTTP2

@testable import GRPC

/// A client joined in memory with a bare HTTP/2 server, which answers as the test says.
final class ClientPeer {
    let client: RPCClientConnection
    let server: HTTP2Connection
    private let clientOutput = OutputBuffer()
    private let serverOutput = OutputBuffer()
    private(set) var requests: [[HTTP2Field]] = []
    private(set) var streams: [HTTP2Stream] = []
    private(set) var bodies: [UInt32: [UInt8]] = [:]
    private(set) var endedStreams: [UInt32] = []
    private(set) var resets: [HTTP2ErrorCode] = []
    var now = Instant(nanoseconds: 1_000_000_000)

    init(
        isSecure: Bool = false, limits: RPCClientLimits = RPCClientLimits(),
        serverLimits: HTTP2Limits = HTTP2Limits()
    ) {
        client = RPCClientConnection(output: clientOutput, isSecure: isSecure, limits: limits)
        server = HTTP2Connection(role: .server, limits: serverLimits, output: serverOutput)
        server.flush()
        exchange()
    }

    func start(
        _ path: String = "/s/M", metadata: Metadata = Metadata(), timeout: Duration? = nil,
        message: [UInt8]? = [], halfClose: Bool = true
    ) -> Answer {
        let answer = Answer()
        answer.call = client.start(
            path: path, authority: "test", metadata: metadata, timeout: timeout,
            deadline: timeout.map { now + $0 }, handler: answer)
        client.tick(now: now)
        if let message { _ = message.withRawSpan { answer.call!.send($0) } }
        if halfClose { answer.call!.halfClose() }
        exchange()
        return answer
    }

    func tick(after duration: Duration) {
        now = now + duration
        client.tick(now: now)
        exchange()
    }

    /// Both ways, until nobody has anything to say.
    func exchange() {
        while !serverOutput.isEmpty || !clientOutput.isEmpty {
            let (down, up) = (serverOutput.copyBytes(), clientOutput.copyBytes())
            serverOutput.removeAll()
            clientOutput.removeAll()
            down.withRawSpan { client.received($0) }
            up.withRawSpan { server.receive($0) }
            takeEvents()
            server.flush()
        }
    }

    private func takeEvents() {
        let batch = server.takeEvents()
        for event in batch.events {
            switch event {
            case .headers(let stream, let fields, _):
                streams.append(stream)
                requests.append(fields)
            case .data(let stream, let range):
                bodies[stream.id, default: []] += Array(batch.data[range])
            case .ended(let stream): endedStreams.append(stream.id)
            case .closed(_, let code): resets.append(code)
            case .writable, .goAway, .pong, .failed: break
            }
        }
    }

    func answer(_ fields: [HTTP2Field], on index: Int = 0, endStream: Bool = false) {
        server.sendHeaders(fields, on: streams[index], endStream: endStream)
        finishTurn()
    }

    func data(_ bytes: [UInt8], on index: Int = 0, endStream: Bool = false) {
        _ = bytes.withRawSpan { server.send($0, on: streams[index], endStream: endStream) }
        finishTurn()
    }

    func trailers(_ fields: [HTTP2Field], on index: Int = 0) {
        server.end(streams[index], trailers: fields)
        finishTurn()
    }

    func finishTurn() {
        server.flush()
        exchange()
    }

    /// What a server would have sent, as bytes, without telling the client.
    func record(_ body: () -> Void) -> [UInt8] {
        body()
        server.flush()
        defer { serverOutput.removeAll() }
        return serverOutput.copyBytes()
    }

    static let headers = [
        HTTP2Field(":status", "200"), HTTP2Field("content-type", "application/grpc"),
    ]
    static let ok = [HTTP2Field("grpc-status", "0")]
}
