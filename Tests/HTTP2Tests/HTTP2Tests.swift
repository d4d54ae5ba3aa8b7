import Base
import Testing

@testable import HTTP2

@Suite struct HTTP2ConnectionTests {
    @Test(arguments: [1, 7, 13, .max])
    func `a request and its response arrive however the bytes are cut`(stride: Int) {
        let pair = Pair(stride: stride)
        let (client, server) = pair.open(path: "/some/path")
        #expect([1, 2, 3].withRawSpan { pair.client.send($0, on: client) })
        pair.client.end(client, trailers: nil)
        pair.exchange()
        #expect(pair.serverBody[1] == [1, 2, 3])
        #expect(server.hasReceivedEnd)
        pair.server.sendHeaders(okFields, on: server, endStream: false)
        #expect([9, 8].withRawSpan { pair.server.send($0, on: server) })
        pair.server.end(server, trailers: [HTTP2Field("grpc-status", "0")])
        pair.exchange()
        #expect(pair.clientBody[1] == [9, 8])
        #expect(pair.clientEvents.headers.last?.first(named: "grpc-status") == "0")
        #expect(client.isClosed && server.isClosed)
        #expect(pair.server.streamCount == 0 && pair.client.streamCount == 0)
    }

    @Test func `a stream ended by our own DATA is closed without a reset on the wire`() {
        let peer = RawPeer()
        peer.respond = RawPeer.body(10)
        let frames = peer.send(RawPeer.get())
        #expect(frames.map(\.type) == [Frame.headers, Frame.data])
        #expect(frames.endsWithData)
        #expect(peer.server.streamCount == 0)
    }

    @Test func `a response that ends before its request tells the peer to stop sending`() {
        let peer = RawPeer()
        peer.respond = RawPeer.body(10)
        let frames = peer.send(RawPeer.post())
        #expect(frames.map(\.type) == [Frame.headers, Frame.data, Frame.reset])
        #expect(frames.last?.code == 0)
    }

    @Test func `trailers before the end of the request precede the reset`() {
        let peer = RawPeer()
        peer.respond = { connection, stream in
            connection.sendHeaders(okFields, on: stream, endStream: false)
            connection.end(stream, trailers: [HTTP2Field("grpc-status", "0")])
        }
        let frames = peer.send(RawPeer.post())
        #expect(frames.map(\.type) == [Frame.headers, Frame.headers, Frame.reset])
        #expect(peer.server.streamCount == 0)
    }

    @Test func `headers too large are reported as such, not delivered`() {
        let pair = Pair()
        var fields = request(path: "/x")
        for number in 0..<20 {
            fields.append(HTTP2Field("x-\(number)", String(repeating: "a", count: 1000)))
        }
        _ = pair.client.openStream(fields)
        pair.exchange()
        let flags = pair.serverEvents.compactMap { event -> Bool? in
            if case .headers(_, _, let isTooLarge) = event { isTooLarge } else { nil }
        }
        #expect(flags == [true])
    }

    @Test func `a client that cancels closes the server's stream with its code`() {
        let pair = Pair()
        let (client, server) = pair.open()
        pair.client.reset(client, .cancel)
        pair.exchange()
        #expect(server.isClosed)
        guard case .closed(_, let code)? = pair.serverEvents.last else {
            Issue.record("no closed event")
            return
        }
        #expect(code == .cancel)
        #expect(![1].withRawSpan { server.trySend($0) })
    }

    @Test func `a stream that outlives its connection does nothing`() {
        var pair: Pair? = Pair()
        let server = pair!.open().server
        pair = nil
        #expect(server.isClosed)
        #expect(![1].withRawSpan { server.trySend($0) })
    }

    @Test func `the flush hook fires once when the output turns from empty to not empty`() {
        let pair = Pair()
        let (_, server) = pair.open()
        pair.server.sendHeaders(okFields, on: server, endStream: false)
        pair.exchange()
        var count = 0
        pair.server.wantsFlush = { count += 1 }
        #expect([1].withRawSpan { server.trySend($0) })
        #expect([1].withRawSpan { server.trySend($0) })
        #expect(count == 1)
    }

    @Test func `GOAWAY is announced twice and open streams go on`() {
        let pair = Pair()
        let (client, server) = pair.open()
        pair.server.submitShutdownNotice()
        pair.server.submitPing(7)
        pair.exchange()
        pair.server.submitGoAway()
        pair.exchange()
        let last = pair.clientEvents.compactMap { event -> UInt32? in
            if case .goAway(let last, _) = event { last } else { nil }
        }
        #expect(last == [0x7fff_ffff, 1])
        #expect(pair.serverEvents.contains { if case .pong(7) = $0 { true } else { false } })
        #expect(!pair.server.isFinished)
        pair.server.sendHeaders(okFields, on: server, endStream: true)
        pair.client.end(client, trailers: nil)
        pair.exchange()
        #expect(pair.server.isFinished)
    }

    @Test func `nothing is sent while the socket is blocked, and everything afterwards`() {
        let pair = Pair()
        let (_, server) = pair.open()
        pair.server.outputBlocked = true
        pair.server.sendHeaders(okFields, on: server, endStream: false)
        #expect(![5].withRawSpan { server.trySend($0) })
        pair.server.flush()
        #expect(pair.server.output.isEmpty)
        pair.server.outputDrained()
        #expect(Frame.parse(pair.server.output.copyBytes()).map(\.type) == [Frame.headers])
        pair.exchange()
        #expect(pair.serverEvents.writable == 1)
        #expect([5].withRawSpan { server.trySend($0) })
    }
}

extension [HTTP2Event] {
    var headers: [[HTTP2Field]] {
        compactMap { if case .headers(_, let fields, _) = $0 { fields } else { nil } }
    }

    var writable: Int { filter { if case .writable = $0 { true } else { false } }.count }
}

extension HTTP2ConnectionTests {
    @Test func `a client opens no more streams than the server allows`() {
        var limits = HTTP2Limits()
        limits.concurrentStreamsMax = 2
        let pair = Pair(serverLimits: limits)
        let first = pair.open()
        _ = pair.open()
        #expect(pair.client.openStream(request(path: "/x")) == nil)
        pair.client.reset(first.client, .cancel)
        pair.exchange()
        #expect(pair.client.openStream(request(path: "/x")) != nil)
    }

    @Test func `a response whose headers are too large to send resets its stream`() {
        let pair = Pair()
        let (client, server) = pair.open()
        let other = pair.open()
        let large = HTTP2Field("x-large", String(repeating: "\u{e9}", count: 50_000))
        pair.server.sendHeaders(okFields + [large], on: server, endStream: false)
        pair.exchange()
        #expect(client.isClosed && server.isClosed)
        #expect(!other.client.isClosed && pair.server.failure == nil)
    }
}
