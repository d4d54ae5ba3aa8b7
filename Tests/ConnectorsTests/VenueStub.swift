import Base
import Runtime
import WebSocket

@testable import Connectors

/// A venue on loopback, as small as the feed's tests need it: answers GET by path, confirms every
/// SUBSCRIBE, and says what the test tells it to. Confined to its loop.
final class VenueStub {
    let loop: EventLoop
    /// Status and body for a path.
    var answer: (String) -> (Int, String) = { _ in (404, "") }
    /// Called with every text a client sends, after it was confirmed.
    var received: (StubConnection, String) -> Void = { _, _ in }
    private var listener: Listener?
    private(set) var connections: [StubConnection] = []

    init(loop: EventLoop) throws {
        self.loop = loop
        listener = try Listener(loop: loop, address: SocketAddress("127.0.0.1:0")!) {
            [unowned self] stream in
            connections.append(StubConnection(stream, self))
        }
    }

    var base: String { "http://\(listener!.boundAddress)/binance" }

    func close() {
        listener?.close()
        for connection in connections { connection.stream.close() }
    }
}

final class StubConnection: ByteStreamDelegate {
    let stream: ByteStream
    private unowned let venue: VenueStub
    private var head: [UInt8] = []
    private var isWebSocket = false
    private var isClosed = false
    var isOpenWebSocket: Bool { isWebSocket && !isClosed }
    private var machine = WebSocketMachine(role: .server)
    /// The code the client closed with.
    private(set) var closeCode: UInt16?

    init(_ stream: ByteStream, _ venue: VenueStub) {
        self.stream = stream
        self.venue = venue
        stream.delegate = self
    }

    func send(_ text: String) {
        WebSocketFrame.appendText(text, to: stream.output)
        stream.flushAtEndOfTurn()
    }

    func received(_ bytes: RawSpan, on stream: ByteStream) {
        if isWebSocket { return receivedFrames(bytes) }
        head.append(bytes)
        let text = String(decoding: head, as: UTF8.self)
        guard text.hasSuffix("\r\n\r\n") else { return }
        head = []
        let path = String(text.split(separator: " ")[1])
        if let key = text.split(separator: "\r\n").first(where: {
            $0.hasPrefix("Sec-WebSocket-Key")
        }) {
            isWebSocket = path == "/binance/stream"
            let accept = WebSocketHandshake.accept(for: String(key.dropFirst(19)))
            stream.output.append(
                Array(
                    ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                        + "Connection: Upgrade\r\nSec-WebSocket-Accept: \(accept)\r\n\r\n").utf8))
        } else {
            let (status, body) = venue.answer(path)
            stream.output.append(
                Array(
                    ("HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n"
                        + "X-MBX-USED-WEIGHT-1M: 20\r\n\r\n\(body)").utf8))
        }
        stream.flushAtEndOfTurn()
    }

    private func receivedFrames(_ bytes: RawSpan) {
        var texts: [String] = []
        try? machine.receive(bytes, answers: stream.output) { event, payload in
            if event == .text { texts.append(payload.text()) }
            if case .close(let code) = event { closeCode = code }
        }
        for text in texts {
            if let id = text.split(separator: "\"id\":").last {
                send("{\"result\":null,\"id\":\(id)")
            }
            venue.received(self, text)
        }
        stream.flushAtEndOfTurn()
    }

    func becameWritable(_ stream: ByteStream) {}
    func closed(_ stream: ByteStream, _ reason: SystemError?) { isClosed = true }
}
