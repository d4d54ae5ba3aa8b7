import Base
import GRPC
import HTTP2

/// A whole gRPC server in memory: HTTP/2, requests, messages, answers.
enum ServerTarget {
    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    private static let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]

    /// The first byte says how the rest is cut into reads.
    static func runConnection(_ input: RawSpan) {
        guard input.byteCount > 0 else { return }
        let server = FuzzServer()
        server.receive(preface)
        let stride = Int(input.byte(0)) + 1
        var start = 1
        while start < input.byteCount {
            let end = min(start + stride, input.byteCount)
            server.receive(input.extracting(start..<end).copyBytes())
            start = end
        }
        server.end()
    }

    /// The input is the payload of one HEADERS frame.
    static func runHeaderBlock(_ input: RawSpan) {
        let size = min(input.byteCount, 16_384)
        let server = FuzzServer()
        let head: [UInt8] = [
            UInt8(size >> 16), UInt8(size >> 8 & 255), UInt8(size & 255), 1, 5, 0, 0, 0, 1,
        ]
        server.receive(
            preface + settings + head + input.extracting(0..<size).copyBytes())
        server.end()
    }
}

/// Echoes every message, ends each call when its client has ended.
private final class FuzzServer {
    private let output = OutputBuffer()
    private let server: RPCServerConnection
    private var now = Instant(nanoseconds: 0)

    init() {
        let router = RPCRouter()
        router.register("/s/M") { _ in EchoHandler() }
        var limits = RPCLimits()
        limits.messageBytesMax = 1 << 16
        server = RPCServerConnection(router: router, output: output, limits: limits) { request in
            PlainResponse(status: request.path == "/" ? 200 : 404, text: "text\n")
        }
    }

    func receive(_ bytes: [UInt8]) {
        guard !server.isFinished else { return }
        now = now + .milliseconds(1)
        bytes.withRawSpan { server.received($0, now: now) }
        _ = server.tick(now: now)
        checkOutput()
        server.outputDrained()
    }

    func end() {
        _ = server.tick(now: now + .seconds(3600))
        server.connectionLost()
        precondition(server.callCount == 0, "a call outlived its connection")
    }

    /// What leaves is a sequence of whole frames no larger than a peer must accept.
    private func checkOutput() {
        let bytes = output.copyBytes()
        output.removeAll()
        var position = 0
        while position < bytes.count {
            precondition(position + 9 <= bytes.count, "half a frame head was sent")
            let size =
                Int(bytes[position]) << 16 | Int(bytes[position + 1]) << 8
                | Int(bytes[position + 2])
            precondition(size <= 16_384, "a frame of \(size) bytes was sent")
            position += 9 + size
        }
        precondition(position == bytes.count, "half a frame was sent")
    }
}

private final class EchoHandler: RPCHandler {
    func receivedMessage(_ message: RawSpan, on call: RPCCall) {
        if call.acceptsGzip { call.responseEncoding = .gzip }
        call.send(message, compressed: true)
    }

    func receivedEnd(on call: RPCCall) { call.finish(.ok) }

    func cancelled(_ call: RPCCall) {}
}
