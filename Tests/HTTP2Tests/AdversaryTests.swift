import Base
import Testing

@testable import HTTP2

/// Raw frames no honest peer sends (and some it may).
@Suite struct AdversaryTests {
    @Test func `a garbage preface fails the connection`() {
        let peer = RawPeer(opening: Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
        #expect(peer.server.failure == .badPreface)
        #expect(peer.server.isFinished)
        #expect(peer.send(RawPeer.get()).isEmpty)
    }

    @Test(arguments: [1, .max])
    func `an increment of zero is a connection error on stream 0`(stride: Int) {
        let peer = RawPeer()
        peer.stride = stride
        #expect(peer.send(RawPeer.windowUpdate(0, 0)).of(Frame.goAway).map(\.code) == [1])
    }

    @Test func `an increment of zero on a stream is answered by the library`() {
        let peer = RawPeer()
        let frames = peer.send(RawPeer.post(), RawPeer.windowUpdate(1, 0))
        #expect(frames.contains { $0.code == 1 })
    }

    @Test(arguments: [UInt32(5), 2])
    func `a window update for an idle stream is a protocol error`(streamID: UInt32) {
        let frames = RawPeer().send(RawPeer.windowUpdate(streamID, 1))
        #expect(frames.of(Frame.goAway).map(\.code) == [1])
    }

    @Test func `a window update of wrong length is a frame size error`() {
        let frames = RawPeer().send(Frame(type: Frame.windowUpdate, payload: [1, 2, 3]))
        #expect(frames.of(Frame.goAway).map(\.code) == [6])
    }

    @Test func `a window update inside a header block is a protocol error`() {
        let head = Frame(type: Frame.headers, flags: 1, streamID: 1, payload: RawPeer.request())
        let frames = RawPeer().send(head, RawPeer.windowUpdate(0, 1))
        #expect(frames.of(Frame.goAway).map(\.code) == [1])
    }

    @Test func `a window update before SETTINGS is refused`() {
        let peer = RawPeer(opening: preface + RawPeer.windowUpdate(0, 1).bytes)
        let answers = peer.answers()
        #expect(answers.contains { $0.type == Frame.goAway } || peer.server.failure != nil)
    }

    @Test func `window updates for closed and reset streams are ignored`() {
        let peer = RawPeer()
        peer.respond = RawPeer.body(3)
        peer.send(RawPeer.get(1))
        peer.send(RawPeer.post(3), Frame(type: Frame.reset, streamID: 3, payload: wire(8)))
        let ping = Frame(type: Frame.ping, payload: Array("12345678".utf8))
        let frames = peer.send(RawPeer.windowUpdate(1, 1), RawPeer.windowUpdate(3, 9), ping)
        #expect(frames.map(\.type) == [Frame.ping])
        #expect(frames[0].flags == 1)
    }

    @Test func `a flood of CONTINUATION frames ends the connection`() {
        let peer = RawPeer()
        let head = Frame(type: Frame.headers, flags: 1, streamID: 1, payload: RawPeer.request())
        let empty = Frame(type: Frame.continuation, streamID: 1)
        let answers = peer.send(raw: head.bytes + (0..<100).flatMap { _ in empty.bytes })
        #expect(answers.contains { $0.type == Frame.goAway } || peer.server.failure != nil)
    }

    @Test func `rapid resets end the connection`() {
        let peer = RawPeer()
        peer.respond = RawPeer.body(3)
        var answers: [Frame] = []
        for number in 0..<4000 where peer.server.failure == nil {
            let id = UInt32(2 * number + 1)
            let reset = Frame(type: Frame.reset, streamID: id, payload: wire(8))
            answers += peer.send(raw: RawPeer.get(id).bytes + reset.bytes)
        }
        #expect(answers.contains { $0.type == Frame.goAway } || peer.server.failure != nil)
    }

    @Test func `PINGs to a peer that does not read the answers end the connection`() {
        var limits = HTTP2Limits()
        limits.pingStrikesMax = 1_000_000
        limits.frames.pings = FrameRate(burst: 1_000_000, perSecond: 1)
        let peer = RawPeer(limits: limits)
        peer.server.outputBlocked = true
        let ping = Frame(type: Frame.ping, payload: Array("12345678".utf8)).bytes
        deliver((0..<2000).flatMap { _ in ping }, to: peer.server)
        #expect(peer.server.failure == .flooded)
    }

    @Test func `request trailers and padding are accepted one byte at a time`() {
        let peer = RawPeer()
        peer.stride = 1
        let trailers = Frame(
            type: Frame.headers, flags: 5, streamID: 1, payload: [0, 1, 97, 1, 98])
        let frames = peer.send(
            raw: RawPeer.post().bytes
                + Frame(type: Frame.data, flags: 8, streamID: 1, payload: [2, 7, 0, 0]).bytes
                + trailers.bytes)
        #expect(frames.isEmpty)
        #expect(peer.server.stream(1)?.hasReceivedEnd == true)
    }

    @Test func `more streams than allowed are refused without harm to the others`() {
        var limits = HTTP2Limits()
        limits.concurrentStreamsMax = 2
        let peer = RawPeer(limits: limits)
        peer.send(Frame(type: Frame.settings, flags: 1))
        let frames = peer.send(RawPeer.post(1), RawPeer.post(3), RawPeer.post(5))
        #expect(frames.contains { $0.code != nil })
        #expect(peer.server.streamCount == 2)
    }

    @Test func `random bytes after the preface never crash and end in finite output`() {
        for seed in 0..<200 {
            var random = SeededRandom(seed: UInt64(seed))
            let peer = RawPeer()
            peer.respond = RawPeer.body(100)
            var bytes: [UInt8] = []
            for _ in 0..<30 {
                let payload = (0..<Int.random(in: 0..<20, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                let frame = Frame(
                    type: UInt8.random(in: 0...10, using: &random),
                    flags: UInt8.random(in: 0...255, using: &random),
                    streamID: UInt32.random(in: 0...7, using: &random), payload: payload)
                bytes += RawPeer.get(UInt32(2 * seed % 9 + 1)).bytes + frame.bytes
            }
            peer.stride = 1 + seed % 17
            #expect(peer.send(raw: bytes).count < 1000)
        }
    }
}
