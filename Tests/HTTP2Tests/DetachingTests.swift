import Base
import Testing

@testable import HTTP2

/// Streams that the library has forgotten behave to the peer as all others do.
@Suite struct DetachingTests {
    /// A client and a server's end of a stream whose request has ended, with response headers sent.
    private func subscribed(_ pair: Pair) -> (client: HTTP2Stream, server: HTTP2Stream) {
        let (client, server) = pair.open()
        pair.client.end(client, trailers: nil)
        pair.exchange()
        pair.server.sendHeaders(okFields, on: server, endStream: false)
        pair.exchange()
        return (client, server)
    }

    private func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    }

    private func headers(of stream: HTTP2Stream, _ events: [HTTP2Event]) -> [[HTTP2Field]] {
        events.compactMap { event in
            guard case .headers(let other, let fields, _) = event, other === stream else {
                return nil
            }
            return fields
        }
    }

    @Test func `the library forgets a stream once all that it has to say was said`() {
        let pair = Pair()
        let (_, open) = pair.open()
        pair.server.sendHeaders(okFields, on: open, endStream: false)
        pair.exchange()
        #expect(pair.server.detachedCount == 0, "the request has not ended")
        let (_, stream) = subscribed(pair)
        #expect(pair.server.detachedCount == 1)
        #expect(stream.flags.contains(.detached) && stream.isOpen && stream.isWritable)
        #expect(pair.server.streamCount == 2)
        #expect(!Frame.parse(pair.serverBytes).contains { $0.type == Frame.reset })
    }

    @Test func `a response that is complete at once stays with the library`() {
        let pair = Pair()
        let (client, server) = pair.open()
        pair.client.end(client, trailers: nil)
        pair.exchange()
        pair.server.sendHeaders(okFields, on: server, endStream: false)
        pair.server.end(server, trailers: [HTTP2Field("grpc-status", "0")])
        pair.exchange()
        #expect(pair.server.detachedCount == 0)
        #expect(server.isClosed && client.isClosed)
    }

    @Test(arguments: [1, 1000, .max])
    func `messages, windows and trailers go on as before`(stride: Int) {
        let pair = Pair(stride: stride)
        let (client, server) = subscribed(pair)
        // More than both windows: it needs WINDOW_UPDATE of both kinds.
        let body = bytes(200_000)
        #expect(body.withRawSpan { pair.server.send($0, on: server) })
        pair.exchange()
        #expect(pair.clientBody[client.id] == body)
        let trailers = [
            HTTP2Field("grpc-status", "14"), HTTP2Field("grpc-message", "it is over"),
            HTTP2Field("empty", ""),
        ]
        pair.server.end(server, trailers: trailers)
        pair.exchange()
        #expect(headers(of: client, pair.clientEvents) == [okFields, trailers])
        #expect(server.isClosed && client.isClosed)
        #expect(pair.server.detachedCount == 0 && pair.server.streamCount == 0)
        #expect(pair.client.failure == nil && pair.server.failure == nil)
    }

    @Test func `trailers wait behind what the windows do not take`() {
        let pair = Pair()
        let (client, server) = subscribed(pair)
        let body = bytes(100_000)
        #expect(body.withRawSpan { pair.server.send($0, on: server) })
        pair.server.end(server, trailers: [HTTP2Field("grpc-status", "0")])
        #expect(!server.isClosed)
        pair.exchange()
        #expect(pair.clientBody[client.id] == body)
        #expect(headers(of: client, pair.clientEvents).count == 2 && server.isClosed)
    }

    @Test func `the compression table of the connection stays in step`() {
        let pair = Pair()
        let fields = okFields + [HTTP2Field("x-server", "one that the table remembers")]
        for round in 0..<3 {
            let (client, server) = subscribed(pair)
            pair.server.end(server, trailers: [HTTP2Field("x-round", "\(round)")])
            let (other, answered) = pair.open()
            pair.server.sendHeaders(fields, on: answered, endStream: true)
            pair.exchange()
            #expect(headers(of: client, pair.clientEvents).last?.last?.value == "\(round)")
            #expect(headers(of: other, pair.clientEvents) == [fields])
        }
        #expect(pair.client.failure == nil)
    }

    @Test func `trailers beyond a frame leave in CONTINUATION frames`() {
        let pair = Pair()
        let (client, server) = subscribed(pair)
        let text = String(repeating: "x", count: 12_000)
        let trailers = [HTTP2Field("a", text), HTTP2Field("b", String(repeating: "y", count: 200))]
        let block = LiteralHeaderBlock(trailers + trailers)
        #expect(block.bytes.count > 24_000)
        let output = OutputBuffer()
        block.appendFrames(on: 7, to: output)
        let frames = Frame.parse(output.copyBytes())
        #expect(frames.map(\.type) == [Frame.headers, Frame.continuation])
        #expect(frames.map(\.flags) == [1, 4])
        #expect(frames.flatMap(\.payload) == block.bytes)
        pair.server.end(server, trailers: trailers)
        pair.exchange()
        #expect(headers(of: client, pair.clientEvents).last == trailers)
    }

    /// RFC 7541 C.1.2 (a number of several bytes), §6.2.2 and §6.3.
    @Test func `a block is literals, after the sizes of the table`() {
        let block = LiteralHeaderBlock([HTTP2Field("ab", "c")], tableSizes: [1337])
        #expect(block.bytes == [0x3f, 0x9a, 0x0a, 0x00, 2, 97, 98, 1, 99])
        #expect(LiteralHeaderBlock([HTTP2Field("a", "")]).bytes == [0, 1, 97, 0])
        #expect(LiteralHeaderBlock([], tableSizes: [0, 30]).bytes == [0x20, 0x3e])
    }

    @Test func `a reset by the peer closes the stream with its code`() {
        let pair = Pair()
        let (client, server) = subscribed(pair)
        pair.client.reset(client, .cancel)
        pair.exchange()
        #expect(server.isClosed && pair.server.detachedCount == 0)
        let codes = pair.serverEvents.compactMap { event -> HTTP2ErrorCode? in
            if case .closed(let stream, let code) = event, stream === server { code } else { nil }
        }
        #expect(codes == [.cancel], "told once")
    }

    @Test func `a reset of ours arrives, once`() {
        let pair = Pair()
        let (client, server) = subscribed(pair)
        pair.server.reset(server, .enhanceYourCalm)
        pair.server.reset(server, .cancel)
        pair.exchange()
        let resets = Frame.parse(pair.serverBytes).filter { $0.type == Frame.reset }
        #expect(resets.map(\.code) == [HTTP2ErrorCode.enhanceYourCalm.rawValue])
        #expect(resets.map(\.streamID) == [client.id])
        #expect(server.isClosed && client.isClosed && pair.server.detachedCount == 0)
    }

    @Test func `a window that grows too far ends the stream with FLOW_CONTROL_ERROR`() {
        let pair = Pair()
        let (client, server) = subscribed(pair)
        let update = Frame(
            type: Frame.windowUpdate, streamID: client.id, payload: wire(0x7fff_ffff))
        deliver(update.bytes, to: pair.server)
        pair.exchange()
        let resets = Frame.parse(pair.serverBytes).filter { $0.type == Frame.reset }
        #expect(resets.map(\.code) == [HTTP2ErrorCode.flowControlError.rawValue])
        #expect(server.isClosed)
    }

    @Test func `nothing is written while the socket is blocked, and the end follows`() {
        let pair = Pair()
        let (first, one) = subscribed(pair)
        let (second, two) = subscribed(pair)
        pair.server.outputBlocked = true
        pair.server.reset(one, .cancel)
        pair.server.end(two, trailers: [HTTP2Field("grpc-status", "0")])
        pair.server.flush()
        #expect(pair.server.output.isEmpty)
        pair.server.outputDrained()
        pair.exchange()
        #expect(first.isClosed && second.isClosed && pair.server.streamCount == 0)
    }

    @Test func `a connection that says goodbye is not finished before its detached streams`() {
        let pair = Pair()
        let (client, server) = subscribed(pair)
        pair.server.submitGoAway()
        pair.exchange()
        #expect(!pair.server.isFinished)
        #expect(bytes(10).withRawSpan { pair.server.send($0, on: server) })
        pair.server.end(server, trailers: [HTTP2Field("grpc-status", "0")])
        pair.exchange()
        #expect(pair.clientBody[client.id] == bytes(10))
        #expect(headers(of: client, pair.clientEvents).count == 2)
        #expect(pair.server.isFinished)
    }

    @Test(arguments: [1, 8, .max])
    func `a peer that sends on a stream that it has ended loses the connection`(stride: Int) {
        let pair = Pair()
        let (_, server) = subscribed(pair)
        #expect(!pair.server.isFinished)
        let data = Frame(type: Frame.data, streamID: server.id, payload: [1, 2, 3])
        deliver(data.bytes, to: pair.server, stride: stride)
        pair.exchange()
        #expect(pair.serverBody[server.id] == nil)
        let last = Frame.parse(pair.serverBytes).last { $0.type == Frame.goAway }
        #expect(last?.code == HTTP2ErrorCode.streamClosed.rawValue)
        #expect(pair.server.isFinished, "although a stream is open")
    }

    @Test func `a peer that has reset a stream may not send on it`() {
        let peer = RawPeer()
        peer.send(RawPeer.post(1))
        peer.send(Frame(type: Frame.reset, streamID: 1, payload: wire(8)))
        let answers = peer.send(Frame(type: Frame.data, streamID: 1, payload: [1]))
        #expect(answers.map(\.code) == [HTTP2ErrorCode.streamClosed.rawValue])
    }

    @Test func `what was on its way when we ended a stream is ignored`() {
        let peer = RawPeer()
        peer.respond = { connection, stream in connection.reset(stream, .cancel) }
        peer.send(RawPeer.post(1))
        for _ in 0..<3 {
            peer.send(Frame(type: Frame.data, streamID: 1, payload: [1]))
        }
        #expect(peer.server.failure == nil && !peer.server.isFinished)
    }

    @Test func `so is what follows a request that the library refused`() {
        let peer = RawPeer()
        // A name in upper case is malformed (RFC 9113 §8.2.1).
        let malformed = RawPeer.request("/p", get: false) + [0, 1, 65, 1, 66]
        let refused = peer.send(
            Frame(type: Frame.headers, flags: 4, streamID: 1, payload: malformed))
        #expect(refused.map(\.type) == [Frame.reset])
        peer.send(RawPeer.post(3))
        peer.send(Frame(type: Frame.data, streamID: 1, payload: [1]))
        #expect(peer.server.failure == nil && !peer.server.isFinished)
    }

    @Test func `a request that comes after the goodbye is ignored with its data`() {
        let peer = RawPeer()
        peer.send(RawPeer.post(1))
        peer.server.submitGoAway()
        _ = peer.answers()
        peer.send(RawPeer.post(3))
        let answers = peer.send(Frame(type: Frame.data, streamID: 3, payload: [1]))
        #expect(!answers.contains { $0.type == Frame.goAway })
        #expect(peer.server.failure == nil && !peer.server.isFinished)
    }

    @Test func `only so many ends are forgiven`() {
        let peer = RawPeer()
        peer.respond = { connection, stream in connection.reset(stream, .cancel) }
        for index in 0..<1200 { peer.server.forgive(UInt32(2 * index + 1)) }
        #expect(peer.server.forgiven.count == 700)
        #expect(peer.server.forgiven.last == 2399)
    }

    /// The library hears nothing any more once it knows no stream and a GOAWAY went either way.
    @Test(arguments: [true, false], [1, .max])
    func `after a goodbye of either side the other is still heard`(isOurs: Bool, stride: Int) {
        let pair = Pair(stride: stride)
        let (client, server) = subscribed(pair)
        if isOurs {
            pair.server.submitGoAway()
        } else {
            let debug = [UInt8](repeating: 7, count: 100)
            deliver(
                Frame(type: Frame.goAway, payload: wire(0) + wire(0) + debug).bytes,
                to: pair.server, stride: stride)
        }
        pair.exchange()
        #expect(!pair.server.isFinished && pair.server.failure == nil)
        let sent = pair.serverBytes.count
        let ping = Frame(type: Frame.ping, payload: [1, 2, 3, 4, 5, 6, 7, 8])
        deliver(ping.bytes, to: pair.server, stride: stride)
        pair.exchange()
        let answers = Frame.parse(Array(pair.serverBytes.dropFirst(sent)))
        #expect(answers == [Frame(type: Frame.ping, flags: 1, payload: ping.payload)])
        pair.client.reset(client, .cancel)
        pair.exchange()
        #expect(server.isClosed && pair.server.detachedCount == 0)
        #expect(pair.server.isFinished)
    }

    @Test func `a table that shrank and grew again is told in both sizes, once`() {
        let pair = Pair()
        let (client, server) = subscribed(pair)
        let (other, further) = subscribed(pair)
        let sizes: [UInt8] = [0, 1, 0, 0, 0, 100, 0, 1, 0, 0, 16, 0]
        deliver(Frame(type: Frame.settings, payload: sizes).bytes, to: pair.server)
        let sent = pair.serverBytes.count
        pair.server.end(server, trailers: [HTTP2Field("a", "1")])
        pair.server.end(further, trailers: [HTTP2Field("a", "2")])
        pair.server.flush()
        let frames = Frame.parse(pair.server.output.copyBytes()).filter {
            $0.type == Frame.headers
        }
        #expect(sent == pair.serverBytes.count && frames.map(\.streamID) == [client.id, other.id])
        #expect(frames.first?.payload == [0x3f, 69, 0x3f, 0xe1, 31, 0, 1, 97, 1, 49])
        #expect(frames.last?.payload == [0, 1, 97, 1, 50])
    }

    @Test func `detached streams count against the number that may be open`() {
        var limits = HTTP2Limits()
        limits.concurrentStreamsMax = 2
        let peer = RawPeer(limits: limits)
        peer.respond = { connection, stream in
            connection.sendHeaders(okFields, on: stream, endStream: false)
        }
        peer.send(RawPeer.get(1))
        peer.send(RawPeer.get(3))
        #expect(peer.server.detachedCount == 2)
        let refused = peer.send(RawPeer.get(5))
        #expect(refused.map(\.type) == [Frame.reset])
        #expect(refused.map(\.code) == [HTTP2ErrorCode.refusedStream.rawValue])
    }

    @Test func `a lost connection closes them all`() {
        let pair = Pair()
        let streams = (0..<3).map { _ in subscribed(pair).server }
        pair.server.connectionLost()
        #expect(streams.allSatisfy(\.isClosed) && pair.server.detachedCount == 0)
    }
}
