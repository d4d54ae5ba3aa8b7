import Base
import Testing

@testable import HTTP2

/// What RFC 9113 has beyond the everyday.
@Suite struct CompletenessTests {
    @Test(arguments: [1, .max])
    func `padded HEADERS with a priority are read without them`(stride: Int) {
        let peer = RawPeer()
        peer.stride = stride
        var paths: [String?] = []
        peer.respond = { connection, stream in paths.append("\(stream.id)") }
        let padding: [UInt8] = [0, 0, 0, 0]
        let payload = [UInt8(padding.count)] + wire(0) + [15] + RawPeer.request() + padding
        let frames = peer.send(
            Frame(type: Frame.headers, flags: 1 | 4 | 8 | 0x20, streamID: 1, payload: payload))
        #expect(frames.isEmpty)
        #expect(paths == ["1"])
    }

    @Test(arguments: [1, .max])
    func `padded DATA delivers its payload alone`(stride: Int) {
        let pair = Pair(stride: stride)
        let (_, stream) = pair.open()
        let frame = Frame(
            type: Frame.data, flags: 1 | 8, streamID: stream.id, payload: [3, 65, 66, 0, 0, 0])
        deliver(frame.bytes, to: pair.server, stride: stride)
        pair.exchange()
        #expect(pair.serverBody[stream.id] == [65, 66])
        #expect(stream.hasReceivedEnd)
    }

    @Test func `padding counts in the receive windows and is given back`() {
        let peer = RawPeer()
        peer.send(RawPeer.post(1))
        let padded = Frame(
            type: Frame.data, flags: 8, streamID: 1,
            payload: [255, 1] + [UInt8](repeating: 0, count: 255))
        var granted = 0
        for _ in 0..<2000 where peer.server.failure == nil {
            for frame in peer.send(padded)
            where frame.type == Frame.windowUpdate && frame.streamID == 1 {
                granted += Int(frame.number(0))
            }
        }
        #expect(peer.server.failure == nil)
        #expect(granted > 2000 * 257 - 65_535)
    }

    @Test func `a request in CONTINUATION frames is the request`() {
        let peer = RawPeer()
        let block = FloodTests.request(listBytes: 12_000)
        peer.respond = RawPeer.body(3)
        let frames = peer.send(raw: FloodTests.block(block, size: 2000))
        #expect(frames.dataBytes == 3 && frames.endsWithData)
    }

    @Test(arguments: [1, 1000, .max])
    func `trailers beyond a frame leave in CONTINUATION frames and arrive whole`(stride: Int) {
        var clientLimits = HTTP2Limits.client
        clientLimits.headerListBytesMax = 1 << 20
        clientLimits.headerBlockBytesMax = 1 << 20
        let pair = Pair(clientLimits: clientLimits, stride: stride)
        let (client, server) = pair.open()
        pair.server.sendHeaders(okFields, on: server, endStream: false)
        let large = (0..<40).map { HTTP2Field("x-\($0)", String(repeating: "\\^", count: 500)) }
        _ = [1, 2, 3].withRawSpan { pair.server.send($0, on: server) }
        pair.server.end(server, trailers: large)
        pair.exchange()
        let blocks = pair.clientEvents.compactMap { event -> [HTTP2Field]? in
            if case .headers(let stream, let fields, _) = event, stream === client {
                fields
            } else {
                nil
            }
        }
        #expect(blocks.last == large)
        let frames = Frame.parse(pair.serverBytes)
        let first = frames.firstIndex { $0.type == Frame.continuation } ?? 0
        #expect(first > 0 && frames[first - 1].type == Frame.headers)
        #expect(frames[first - 1].flags & 4 == 0)
    }

    @Test func `response headers beyond a frame do not mix with the data of other streams`() {
        var clientLimits = HTTP2Limits.client
        clientLimits.headerListBytesMax = 1 << 20
        clientLimits.headerBlockBytesMax = 1 << 20
        let pair = Pair(clientLimits: clientLimits)
        let (_, quiet) = pair.open()
        let (_, loud) = pair.open()
        pair.server.sendHeaders(okFields, on: loud, endStream: false)
        let large = (0..<40).map { HTTP2Field("x-\($0)", String(repeating: "\\^", count: 500)) }
        pair.server.sendHeaders(okFields + large, on: quiet, endStream: false)
        #expect([9].withRawSpan { loud.trySend($0) })
        pair.exchange()
        #expect(pair.clientBody[loud.id] == [9])
        #expect(!pair.clientEvents.contains { if case .failed = $0 { true } else { false } })
        var isInBlock = false
        for frame in Frame.parse(pair.serverBytes) {
            if isInBlock { #expect(frame.type == Frame.continuation) }
            if frame.type == Frame.headers || frame.type == Frame.continuation {
                isInBlock = frame.flags & 4 == 0
            }
        }
    }

    @Test func `a smaller initial window takes effect while data flows`() {
        let peer = RawPeer()
        peer.respond = RawPeer.body(100_000)
        let first = peer.send(RawPeer.get(1)).dataBytes
        #expect(first == 65_535)
        peer.send(Frame(type: Frame.settings, payload: RawPeer.initialWindow(1000)))
        // The stream's window is 1000 - 65535 now.
        let none = peer.send(RawPeer.windowUpdate(1, 64_535), RawPeer.windowUpdate(0, 65_535))
        #expect(none.dataBytes == 0)
        #expect(peer.send(RawPeer.windowUpdate(1, 10)).dataBytes == 10)
        let rest = peer.send(Frame(type: Frame.settings, payload: RawPeer.initialWindow(65_535)))
        #expect(rest.dataBytes == 100_000 - 65_535 - 10)
        #expect(rest.endsWithData)
    }

    @Test func `a header table of no size is honoured`() {
        let peer = RawPeer(settings: [0, 1] + wire(0))
        peer.respond = { connection, stream in
            connection.sendHeaders(
                [HTTP2Field(":status", "200"), HTTP2Field("x-a", "b")], on: stream, endStream: true)
        }
        peer.send(RawPeer.get(1))
        let block = peer.send(RawPeer.get(3)).of(Frame.headers).first?.payload ?? []
        // Nothing refers to the dynamic table: no index of 62 and above.
        #expect(!block.isEmpty && !block.contains { $0 >= 0xbe })
    }

    @Test func `PUSH_PROMISE of a client is a protocol error`() {
        let promise = Frame(
            type: 5, flags: 4, streamID: 1, payload: wire(2) + RawPeer.request())
        let answers = RawPeer().send(RawPeer.post(1), promise)
        #expect(answers.of(Frame.goAway).map(\.code) == [1])
    }

    @Test func `after a client's GOAWAY its calls finish, and then the connection`() {
        let pair = Pair()
        let (client, server) = pair.open()
        deliver(
            Frame(type: Frame.goAway, payload: wire(0) + wire(0)).bytes, to: pair.server)
        pair.exchange()
        #expect(!pair.server.isFinished)
        pair.server.sendHeaders(okFields, on: server, endStream: false)
        _ = [7].withRawSpan { pair.server.send($0, on: server, endStream: true) }
        pair.client.reset(client, .cancel)
        pair.exchange()
        #expect(pair.server.isFinished || pair.server.streamCount == 0)
    }

    @Test func `frames of unknown kinds and ALTSVC are ignored`() {
        let peer = RawPeer()
        peer.respond = RawPeer.body(3)
        let frames = peer.send(
            Frame(type: 0x0a, payload: [0, 1, 97, 98]), Frame(type: 0x0c, payload: [0, 1, 97]),
            Frame(type: 0x10, payload: wire(1) + [117]), Frame(type: 0xfb, flags: 255),
            RawPeer.get(1))
        #expect(frames.dataBytes == 3 && frames.endsWithData)
    }

    @Test func `priorities change nothing`() {
        let peer = RawPeer()
        peer.respond = RawPeer.body(3)
        let frames = peer.send(
            Frame(type: 2, streamID: 9, payload: wire(0x8000_0000) + [255]),
            RawPeer.get(1), Frame(type: 2, streamID: 1, payload: wire(9) + [0]), RawPeer.get(3))
        #expect(frames.dataBytes == 6)
    }

    @Test func `bodies far beyond the receive windows flow`() {
        let pair = Pair(stride: 16_384)
        let (client, server) = pair.open()
        let body = (0..<(9 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        var limits = 0
        for start in stride(from: 0, to: body.count, by: 1 << 20) {
            let part = Array(body[start..<start + (1 << 20)])
            #expect(part.withRawSpan { pair.client.send($0, on: client) })
            pair.exchange()
            limits += 1
        }
        #expect(limits == 9)
        #expect(pair.serverBody[server.id] == body)
    }

    @Test func `the peer's pings are answered with their payload, ours not at all`() {
        let peer = RawPeer()
        let ping = Frame(type: Frame.ping, payload: Array("abcdefgh".utf8))
        let answers = peer.send(ping, Frame(type: Frame.ping, flags: 1, payload: ping.payload))
        #expect(answers == [Frame(type: Frame.ping, flags: 1, payload: ping.payload)])
    }
}
