import Base
import Testing

@testable import HTTP2

/// Both sides of every limit on what a client sends, and the answer on the wire.
@Suite struct FloodTests {
    /// One kind of flood: how many frames pass, and what they look like.
    struct Flood: CustomTestStringConvertible, Sendable {
        var limit: HTTP2Limit
        var allowed: Int
        var frame: @Sendable (Int) -> [UInt8]
        var testDescription: String { limit.rawValue }
    }

    static let limits: HTTP2Limits = {
        var limits = HTTP2Limits()
        let rate = FrameRate(burst: 20, perSecond: 10)
        limits.frames.pings = rate
        limits.frames.settings = FrameRate(burst: 21, perSecond: 10)  // one opened the connection
        limits.frames.emptyFrames = rate
        limits.frames.resets = rate
        limits.frames.priorities = rate
        limits.frames.strayFrames = rate
        limits.frames.windowUpdates = rate
        limits.pingStrikesMax = 1000
        return limits
    }()

    static let floods: [Flood] = [
        Flood(limit: .pings, allowed: 20) { _ in
            Frame(type: Frame.ping, payload: Array("12345678".utf8)).bytes
        },
        Flood(limit: .settings, allowed: 20) { _ in Frame(type: Frame.settings).bytes },
        Flood(limit: .emptyFrames, allowed: 20) { _ in
            Frame(type: Frame.data, streamID: 1).bytes
        },
        Flood(limit: .emptyFrames, allowed: 20) { _ in
            Frame(type: Frame.data, flags: 8, streamID: 1, payload: [3, 0, 0, 0]).bytes
        },
        Flood(limit: .priorities, allowed: 20) { number in
            let id = UInt32(2 * number + 3)
            return Frame(type: 2, streamID: id, payload: wire(0) + [15]).bytes
        },
        Flood(limit: .strayFrames, allowed: 20) { _ in
            Frame(type: 0x2a, payload: [1, 2, 3]).bytes
        },
        Flood(limit: .strayFrames, allowed: 20) { _ in  // ALTSVC
            Frame(type: 0x0a, payload: [0, 1, 97, 98]).bytes
        },
        Flood(limit: .windowUpdates, allowed: 20) { _ in RawPeer.windowUpdate(0, 1).bytes },
        Flood(limit: .windowUpdates, allowed: 20) { _ in RawPeer.windowUpdate(1, 1).bytes },
        Flood(limit: .resets, allowed: 20) { number in
            let id = UInt32(2 * number + 3)
            let reset = Frame(type: Frame.reset, streamID: id, payload: wire(8))
            return RawPeer.post(id).bytes + reset.bytes
        },
        // "Made you reset": a window that overflows is our RST_STREAM.
        Flood(limit: .resets, allowed: 20) { number in
            let id = UInt32(2 * number + 3)
            return RawPeer.post(id).bytes + RawPeer.windowUpdate(id, 0x7fff_ffff).bytes
        },
    ]

    @Test(arguments: floods, [1, .max])
    func `a flood ends the connection at its limit and not before`(flood: Flood, stride: Int) {
        var limits = Self.limits
        if flood.limit != .windowUpdates {
            limits.frames.windowUpdates = FrameRate(burst: 1000, perSecond: 1)
        }
        let peer = RawPeer(limits: limits)
        peer.stride = stride
        var reached: [HTTP2Limit] = []
        peer.server.limitReached = { reached.append($0) }
        peer.send(RawPeer.post(1))
        for number in 0..<flood.allowed { _ = peer.send(raw: flood.frame(number)) }
        #expect(peer.server.failure == nil)
        #expect(reached.isEmpty)
        let answers = peer.send(raw: flood.frame(flood.allowed))
        #expect(reached == [flood.limit])
        #expect(peer.server.failure == .limitReached(flood.limit))
        #expect(peer.server.isFinished)
        let goAway = answers.last
        #expect(goAway?.type == Frame.goAway && goAway?.code == 11)
        let text = goAway.map { String(decoding: $0.payload.dropFirst(8), as: UTF8.self) }
        #expect(text == flood.limit.debugData)
    }

    @Test func `a flood in one read is noticed within that read`() {
        let peer = RawPeer(limits: Self.limits)
        let stray = Frame(type: 0x2a).bytes
        let answers = peer.send(raw: (0..<10_000).flatMap { _ in stray })
        #expect(answers.map(\.code) == [11])
    }

    @Test func `window updates that follow what we send are no flood`() {
        let peer = RawPeer(limits: Self.limits)
        peer.send(RawPeer.post(1))
        let stream = peer.server.stream(1)!
        peer.server.sendHeaders(okFields, on: stream, endStream: false)
        for _ in 0..<500 {
            #expect([UInt8](repeating: 1, count: 64).withRawSpan { stream.trySend($0) })
            peer.send(RawPeer.windowUpdate(1, 64), RawPeer.windowUpdate(0, 64))
        }
        #expect(peer.server.failure == nil)
    }

    @Test func `early pings are forgiven while data flows, and end an idle connection`() {
        var limits = HTTP2Limits()
        limits.frames.pings = FrameRate(burst: 1000, perSecond: 1)
        let peer = RawPeer(limits: limits)
        peer.send(RawPeer.post(1))
        let stream = peer.server.stream(1)!
        peer.server.sendHeaders(okFields, on: stream, endStream: false)
        let ping = Frame(type: Frame.ping, payload: Array("12345678".utf8))
        for _ in 0..<100 {
            #expect([1, 2, 3].withRawSpan { stream.trySend($0) })
            #expect(peer.send(ping).of(Frame.ping).count == 1)
        }
        for _ in 0..<2 { #expect(peer.send(ping).map(\.type) == [Frame.ping]) }
        let answers = peer.send(ping)
        let text = answers.last.map { String(decoding: $0.payload.dropFirst(8), as: UTF8.self) }
        #expect(answers.last?.code == 11 && text == "too_many_pings")
    }

    @Test func `header blocks may have eight CONTINUATION frames, not nine`() {
        for count in [8, 9] {
            let peer = RawPeer()
            let head = Frame(
                type: Frame.headers, flags: 1, streamID: 1, payload: RawPeer.request())
            var bytes = head.bytes
            for number in 1...count {
                let last: UInt8 = number == count ? 4 : 0
                bytes +=
                    Frame(
                        type: Frame.continuation, flags: last, streamID: 1,
                        payload: [0, 1, 97, 1, 98]
                    ).bytes
            }
            let answers = peer.send(raw: bytes)
            #expect(peer.server.failure == (count == 8 ? nil : .limitReached(.continuations)))
            if count == 9 { #expect(answers.last?.code == 11) }
        }
    }

    /// A request with a header list of about this size, in literal fields of a kilobyte.
    static func request(listBytes: Int) -> [UInt8] {
        var block = RawPeer.request()
        for _ in 0..<(listBytes / 1024) {
            block += [0, 1, 120, 0x7f] + [0xe1, 0x06]  // a value of 127 + 97 + 6 * 128 = 992 bytes
            block += [UInt8](repeating: 97, count: 992)
        }
        return block
    }

    /// HEADERS and CONTINUATION for a block, `size` bytes in each.
    static func block(_ block: [UInt8], size: Int = 16_384, streamID: UInt32 = 1) -> [UInt8] {
        var bytes: [UInt8] = []
        var start = 0
        while start < block.count {
            let end = min(start + size, block.count)
            let flags: UInt8 = (start == 0 ? 1 : 0) | (end == block.count ? 4 : 0)
            bytes +=
                Frame(
                    type: start == 0 ? Frame.headers : Frame.continuation, flags: flags,
                    streamID: streamID, payload: Array(block[start..<end])
                ).bytes
            start = end
        }
        return bytes
    }

    @Test func `a header list beyond the limit is reported, far beyond ends the connection`() {
        for (size, isTooLarge, isFailed) in [
            (15_000, false, false), (20_000, true, false), (70_000, true, true),
        ] {
            let peer = RawPeer()
            var reached: [HTTP2Limit] = []
            peer.server.limitReached = { reached.append($0) }
            deliver(Self.block(Self.request(listBytes: size)), to: peer.server)
            peer.server.flush()
            #expect((peer.server.failure == .limitReached(.headerBlock)) == isFailed)
            guard !isFailed else { continue }
            let events = peer.server.takeEvents().events
            guard case .headers(_, let fields, let large)? = events.first else {
                Issue.record("no headers")
                continue
            }
            #expect(large == isTooLarge)
            #expect(fields.reduce(0) { $0 + $1.listSize } <= 16_384)
            #expect(reached == (isTooLarge ? [.headerList] : []))
        }
    }

    @Test func `a small block that expands without end ends the connection`() {
        // One entry of 4,000 bytes in the table, then references of one byte.
        var block = RawPeer.request()
        block += [0x40, 1, 120, 0x7f] + [0xa1, 0x1e] + [UInt8](repeating: 97, count: 4000)
        block += [UInt8](repeating: 0xbe, count: 10_000)
        let peer = RawPeer()
        let answers = peer.send(raw: Self.block(block))
        #expect(peer.server.failure == .limitReached(.headerBlock))
        #expect(answers.last?.code == 11)
    }

    @Test func `fields without name and value are counted like others`() {
        let empty: [UInt8] = (0..<600).flatMap { _ in [UInt8](arrayLiteral: 0, 1, 97, 0) }
        let peer = RawPeer()
        deliver(Self.block(RawPeer.request() + empty), to: peer.server)
        let events = peer.server.takeEvents().events
        guard case .headers(_, _, let isTooLarge)? = events.first else {
            Issue.record("no headers")
            return
        }
        #expect(isTooLarge)
        let nameless = RawPeer()
        let answers = nameless.send(raw: Self.block(RawPeer.request() + [0, 0, 0]))
        #expect(answers.contains { $0.type == Frame.reset && $0.code == 1 })
    }

    @Test func `a header block may take ten seconds, and not longer`() {
        let start = Instant(nanoseconds: 1_000_000_000)
        let peer = RawPeer()
        let bytes = Frame(type: Frame.headers, flags: 1, streamID: 1, payload: RawPeer.request())
            .bytes
        bytes.withRawSpan { peer.server.receive($0, now: start) }
        #expect(peer.server.nextTick == start + .seconds(10))
        peer.server.tick(now: start + .milliseconds(9999))
        #expect(peer.server.failure == nil)
        // Another byte now and then does not help.
        Array(Frame(type: Frame.continuation, flags: 4, streamID: 1).bytes.prefix(3))
            .withRawSpan { peer.server.receive($0, now: start + .milliseconds(9999)) }
        peer.server.tick(now: start + .seconds(10))
        #expect(peer.server.failure == .limitReached(.headerTime))
        #expect(Frame.parse(peer.server.output.copyBytes()).last?.code == 11)
        let quick = RawPeer()
        RawPeer.post(1).bytes.withRawSpan { quick.server.receive($0, now: start) }
        #expect(quick.server.nextTick == nil)
    }

    @Test func `a stream more than allowed is refused, and may be opened later`() {
        var limits = HTTP2Limits()
        limits.concurrentStreamsMax = 2
        let peer = RawPeer(limits: limits)
        var reached: [HTTP2Limit] = []
        peer.server.limitReached = { reached.append($0) }
        peer.send(Frame(type: Frame.settings, flags: 1), RawPeer.post(1), RawPeer.post(3))
        #expect(reached.isEmpty)
        let answers = peer.send(RawPeer.post(5))
        #expect(answers.map(\.type) == [Frame.reset])
        #expect(answers.first?.code == 7 && answers.first?.streamID == 5)
        #expect(reached == [.streams])
        peer.send(Frame(type: Frame.reset, streamID: 1, payload: wire(8)))
        #expect(peer.send(RawPeer.post(7)).isEmpty)
        #expect(peer.server.streamCount == 2)
    }

    @Test func `the wire announces the streams we allow`() {
        var limits = HTTP2Limits()
        limits.concurrentStreamsMax = 77
        let server = HTTP2Connection(role: .server, limits: limits, output: OutputBuffer())
        server.flush()
        let settings = Frame.parse(server.output.copyBytes()).first
        #expect(settings?.type == Frame.settings)
        let payload = settings?.payload ?? []
        let values = stride(from: 0, to: payload.count, by: 6).map { Array(payload[$0..<$0 + 6]) }
        #expect(values.contains([0, 3] + wire(77)))
    }

    @Test func `a queue that its window holds back for two looks is reset, one that moves is not`()
    {
        let peer = RawPeer(settings: RawPeer.initialWindow(100))
        var reached: [HTTP2Limit] = []
        peer.server.limitReached = { reached.append($0) }
        peer.respond = RawPeer.body(1000)
        peer.send(RawPeer.get(1), RawPeer.get(3))
        peer.server.resetStalledStreams()
        peer.send(RawPeer.windowUpdate(3, 10))
        peer.server.resetStalledStreams()
        let answers = peer.answers()
        #expect(answers.map(\.type) == [Frame.reset])
        #expect(answers.first?.streamID == 1 && answers.first?.code == 11)
        #expect(reached == [.stalledStream])
        peer.server.resetStalledStreams()
        #expect(peer.answers().map(\.streamID) == [3])
    }
}
