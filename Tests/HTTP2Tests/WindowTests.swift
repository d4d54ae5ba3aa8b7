import Base
import Testing

@testable import HTTP2

/// The send windows, from both sides of their limits.
@Suite struct WindowTests {
    @Test func `an empty body ends though the window is closed`() {
        let peer = RawPeer(settings: RawPeer.initialWindow(0))
        peer.respond = RawPeer.body(0)
        let frames = peer.send(RawPeer.get())
        #expect(frames.endsWithData && frames.dataBytes == 0)
    }

    @Test func `a body waits for its window and ends with its last byte`() {
        let peer = RawPeer(settings: RawPeer.initialWindow(0))
        peer.respond = RawPeer.body(21)
        #expect(peer.send(RawPeer.get()).dataBytes == 0)
        let first = peer.send(RawPeer.windowUpdate(1, 5))
        #expect(first.dataBytes == 5 && !first.endsWithData)
        let rest = peer.send(RawPeer.windowUpdate(1, 16))
        #expect(rest.dataBytes == 16 && rest.endsWithData)
    }

    @Test func `a larger initial window releases what waits`() {
        let peer = RawPeer(settings: RawPeer.initialWindow(0))
        peer.respond = RawPeer.body(21)
        peer.send(RawPeer.get())
        let settings = Frame(type: Frame.settings, payload: RawPeer.initialWindow(1 << 20))
        #expect(peer.send(settings).endsWithData)
    }

    @Test func `the connection's window bounds all streams together`() {
        let peer = RawPeer()
        peer.respond = RawPeer.body(100_000)
        #expect(peer.send(RawPeer.get()).dataBytes == 65_535)
        #expect(peer.send(RawPeer.windowUpdate(1, 100)).dataBytes == 0)
        #expect(peer.send(RawPeer.windowUpdate(0, 60)).dataBytes == 60)
    }

    @Test func `no frame exceeds 16,384 bytes`() {
        let peer = RawPeer()
        peer.respond = RawPeer.body(40_000)
        let sizes = peer.send(RawPeer.get()).of(Frame.data).map(\.payload.count)
        #expect(sizes == [16_384, 16_384, 7232])
    }

    @Test func `a shrunk initial window turns windows negative and is honoured`() {
        let peer = RawPeer()
        peer.respond = RawPeer.body(60_000)
        peer.server.outputBlocked = false
        #expect(peer.send(RawPeer.get(1)).dataBytes == 60_000)
        let peer2 = RawPeer()
        var held: HTTP2Stream?
        peer2.respond = { connection, stream in
            held = stream
            connection.sendHeaders(okFields, on: stream, endStream: false)
            _ = [UInt8](repeating: 0, count: 30_000).withRawSpan { connection.send($0, on: stream) }
        }
        #expect(peer2.send(RawPeer.get()).dataBytes == 30_000)
        peer2.send(Frame(type: Frame.settings, payload: RawPeer.initialWindow(10_000)))
        #expect(held?.window == -20_000)
        #expect(![1].withRawSpan { held!.trySend($0) })
        peer2.send(RawPeer.windowUpdate(1, 20_000))
        #expect(![1].withRawSpan { held!.trySend($0) })
        peer2.send(RawPeer.windowUpdate(1, 1))
        #expect([1].withRawSpan { held!.trySend($0) })
    }

    @Test func `a stream window above 2^31-1 resets that stream alone`() {
        let peer = RawPeer()
        peer.respond = RawPeer.body(1_000_000)
        peer.send(RawPeer.get())
        let frames = peer.send(RawPeer.windowUpdate(1, 0x7fff_ffff), RawPeer.windowUpdate(1, 1))
        #expect(frames.of(Frame.reset).isEmpty || frames.of(Frame.reset)[0].code == 3)
        let other = RawPeer()
        other.respond = { connection, stream in
            connection.sendHeaders(okFields, on: stream, endStream: false)
        }
        let answer = other.send(RawPeer.get(), RawPeer.windowUpdate(1, 0x7fff_ffff))
        #expect(answer.of(Frame.reset).map(\.code) == [3])
        #expect(answer.of(Frame.goAway).isEmpty)
        #expect(other.send(RawPeer.get(3)).of(Frame.headers).count == 1)
    }

    @Test func `a connection window above 2^31-1 ends the connection`() {
        let frames = RawPeer().send(RawPeer.windowUpdate(0, 0x7fff_ffff))
        #expect(frames.of(Frame.goAway).map(\.code) == [3])
    }

    @Test func `an initial window that overflows a stream ends the connection`() {
        let peer = RawPeer()
        peer.respond = { connection, stream in
            connection.sendHeaders(okFields, on: stream, endStream: false)
        }
        peer.send(RawPeer.get())
        let frames = peer.send(
            RawPeer.windowUpdate(1, 0x7fff_ffff - 70_000),
            Frame(type: Frame.settings, payload: RawPeer.initialWindow(0x7fff_ffff)))
        #expect(frames.of(Frame.goAway).map(\.code) == [3])
    }

    @Test func `what cannot be sent at once is refused, and announced when it can be`() {
        let pair = Pair()
        let (_, server) = pair.open()
        pair.server.sendHeaders(okFields, on: server, endStream: false)
        pair.server.flush()
        let block = [UInt8](repeating: 1, count: 10_000)
        var taken = 0
        while block.withRawSpan({ server.trySend($0) }) { taken += 1 }
        #expect(taken == 6)
        #expect(!server.isWritable || server.window < 10_000)
        #expect(pair.serverEvents.writable == 0)
        pair.exchange()
        #expect(pair.serverEvents.writable == 1)
        #expect(pair.clientBody[1]?.count == 60_000)
        #expect(block.withRawSpan { server.trySend($0) })
    }

    @Test func `a message larger than the peer's window is queued rather than refused for ever`() {
        let pair = Pair()
        let (_, server) = pair.open()
        pair.server.sendHeaders(okFields, on: server, endStream: false)
        #expect([UInt8](repeating: 1, count: 200_000).withRawSpan { server.trySend($0) })
        #expect(![1].withRawSpan { server.trySend($0) })
        pair.exchange()
        #expect(pair.clientBody[1]?.count == 200_000)
        #expect(pair.serverEvents.writable == 1)
    }

    @Test
    func `a message larger than the connection's window is queued, however wide the stream's`() {
        let peer = RawPeer(settings: RawPeer.initialWindow(1 << 20))
        var held: HTTP2Stream?
        peer.respond = { connection, stream in
            held = stream
            connection.sendHeaders(okFields, on: stream, endStream: false)
            connection.flush()
        }
        peer.send(RawPeer.post())
        let message = [UInt8](repeating: 1, count: 70_000)
        #expect(held.map { stream in message.withRawSpan { stream.trySend($0) } } == true)
        #expect(peer.answers().dataBytes == 65_535)
        #expect(peer.send(RawPeer.windowUpdate(0, 65_535)).dataBytes == 4465)
    }

    /// A server with streams whose windows are narrow and a connection whose window is not.
    private func narrowStreams(
        _ count: Int, limits: HTTP2Limits
    ) -> (peer: RawPeer, streams: [HTTP2Stream]) {
        let peer = RawPeer(settings: RawPeer.initialWindow(1000), limits: limits)
        var streams: [HTTP2Stream] = []
        peer.respond = { connection, stream in
            streams.append(stream)
            connection.sendHeaders(okFields, on: stream, endStream: false)
        }
        peer.send(RawPeer.windowUpdate(0, 1 << 30))
        for number in 0..<count { peer.send(RawPeer.post(UInt32(2 * number + 1))) }
        return (peer, streams)
    }

    @Test func `tries leave no more in queues than their bound, and the refused are told of room`()
    {
        var limits = HTTP2Limits()
        limits.queuedByTrySendMax = 100_000
        let (peer, streams) = narrowStreams(20, limits: limits)
        var noted: [HTTP2Limit] = []
        peer.server.limitReached = { noted.append($0) }
        let helping = [UInt8](repeating: 1, count: 30_000)
        let taken = streams.filter { stream in helping.withRawSpan { stream.trySend($0) } }
        // 29,000 of each are left behind its window.
        #expect(taken.count == 3 && peer.server.queuedBytes == 87_000)
        #expect(noted == Array(repeating: .catchUps, count: 17))
        // What fits into its windows is not held up.
        #expect([UInt8](repeating: 1, count: 1000).withRawSpan { streams[19].trySend($0) })
        peer.server.flush()
        #expect(peer.server.takeEvents().events.writable == 0)
        deliver(RawPeer.windowUpdate(1, 29_000).bytes, to: peer.server)
        peer.server.flush()
        // As many are told as will find room.
        #expect(peer.server.takeEvents().events.writable == 1)
        #expect(helping.withRawSpan { streams[3].trySend($0) })
        #expect(peer.server.queuedBytes == 87_000)
        #expect(!helping.withRawSpan { streams[4].trySend($0) })
    }

    @Test func `a single try larger than the bound is taken where nothing waits`() {
        var limits = HTTP2Limits()
        limits.queuedByTrySendMax = 100_000
        let (peer, streams) = narrowStreams(2, limits: limits)
        let large = [UInt8](repeating: 1, count: 200_000)
        #expect(large.withRawSpan { streams[0].trySend($0) })
        #expect(!large.withRawSpan { streams[1].trySend($0) })
        #expect(peer.server.queuedBytes == 199_000)
    }

    @Test func `the output's budget refuses, and emptying it announces`() {
        var limits = HTTP2Limits()
        limits.streamReceiveWindow = 10 << 20
        limits.connectionReceiveWindow = 10 << 20
        let pair = Pair(clientLimits: limits)
        let (_, server) = pair.open()
        pair.server.sendHeaders(okFields, on: server, endStream: false)
        pair.server.flush()
        let block = [UInt8](repeating: 1, count: 10_000)
        var awaited = 0
        pair.server.awaitsOutput = { awaited += 1 }
        while block.withRawSpan({ server.trySend($0) }) {}
        #expect(!block.withRawSpan { server.trySend($0) })
        #expect(awaited == 1)
        #expect(pair.server.output.count > 240_000 && pair.server.output.count <= 262_144 + 10_009)
        #expect(pair.server.waitsForOutput)
        pair.server.output.removeAll()
        pair.server.outputDrained()
        #expect(pair.server.takeEvents().events.writable == 1)
        #expect(block.withRawSpan { server.trySend($0) })
    }

    /// A server with streams that nothing holds up but its output.
    private func wideStreams(_ count: Int) -> (pair: Pair, streams: [HTTP2Stream]) {
        var limits = HTTP2Limits()
        limits.streamReceiveWindow = 10 << 20
        limits.connectionReceiveWindow = 100 << 20
        let pair = Pair(clientLimits: limits)
        let streams = (0..<count).map { _ in pair.open().server }
        for stream in streams {
            pair.server.sendHeaders(okFields, on: stream, endStream: false)
        }
        pair.exchange()
        return (pair, streams)
    }

    @Test func `no more are told of room in the output than it has room for, and all in the end`() {
        let (pair, streams) = wideStreams(40)
        let block = [UInt8](repeating: 1, count: 10_000)
        while block.withRawSpan({ streams[0].trySend($0) }) {}
        for stream in streams { #expect(!block.withRawSpan { stream.trySend($0) }) }
        pair.server.output.removeAll()
        pair.server.outputDrained()
        // Nobody has heard of it yet, so that room is not given twice.
        pair.server.flush()
        let told = pair.server.takeEvents().events.writable
        #expect(told == 14)
        // They send nothing: the others are told without anything happening.
        var rounds = [told]
        while rounds.last != 0 {
            pair.server.flush()
            rounds.append(pair.server.takeEvents().events.writable)
        }
        #expect(rounds == [14, 14, 12, 0])
    }

    @Test func `who finds no room when told of it is first the next time`() {
        let (pair, streams) = wideStreams(40)
        let helping = [UInt8](repeating: 1, count: 30_000)
        var taken: [UInt32: Int] = [:]
        func send(_ stream: HTTP2Stream) {
            while helping.withRawSpan({ stream.trySend($0) }) { taken[stream.id, default: 0] += 1 }
        }
        // Each sends until the output is full, so that nothing is left for the others of its round.
        for stream in streams { send(stream) }
        taken = [:]
        for _ in 0..<3 * streams.count {
            pair.server.output.removeAll()
            pair.server.outputDrained()
            for case .writable(let stream) in pair.server.takeEvents().events { send(stream) }
        }
        let helpings = streams.map { taken[$0.id] ?? 0 }
        #expect(Set(helpings) == [3 * 8])
    }

    @Test func `who was told of room and sent stands behind who waits, whatever the client opened`()
    {
        let (pair, streams) = wideStreams(3)
        let (filler, served, waiting) = (streams[0], streams[1], streams[2])
        let helping = [UInt8](repeating: 1, count: 30_000)
        func tries(_ stream: HTTP2Stream) -> Bool { helping.withRawSpan { stream.trySend($0) } }
        func told() -> [UInt32] {
            pair.server.output.removeAll()
            pair.server.outputDrained()
            return pair.server.takeEvents().events.compactMap {
                if case .writable(let stream) = $0, stream !== filler { stream.id } else { nil }
            }
        }
        while tries(filler) {}
        #expect(!tries(served) && told() == [served.id] && tries(served))
        #expect(pair.server.opened(served.id, by: helping.count))
        while tries(filler) {}
        #expect(!tries(waiting) && !tries(served))
        #expect(told() == [waiting.id, served.id])
    }

    @Test func `a queue takes no more than its bound`() {
        var limits = HTTP2Limits()
        limits.queuedBytesPerStreamMax = 100_000
        let pair = Pair(serverLimits: limits)
        let (_, server) = pair.open()
        pair.server.sendHeaders(okFields, on: server, endStream: false)
        pair.server.outputBlocked = true
        let half = [UInt8](repeating: 1, count: 50_000)
        #expect(half.withRawSpan { pair.server.send($0, on: server) })
        #expect(half.withRawSpan { pair.server.send($0, on: server) })
        #expect(![1].withRawSpan { pair.server.send($0, on: server) })
    }

    @Test func `streams share the connection's window fairly`() {
        var limits = HTTP2Limits()
        limits.connectionReceiveWindow = 65_535
        let pair = Pair(clientLimits: limits)
        let streams = (0..<4).map { _ in pair.open().server }
        for stream in streams {
            pair.server.sendHeaders(okFields, on: stream, endStream: false)
        }
        pair.server.outputBlocked = true
        for stream in streams {
            _ = [UInt8](repeating: 1, count: 60_000).withRawSpan {
                pair.server.send($0, on: stream)
            }
        }
        pair.server.outputDrained()
        let sizes = Frame.parse(pair.server.output.copyBytes()).of(Frame.data)
            .reduce(into: [UInt32: Int]()) { $0[$1.streamID, default: 0] += $1.payload.count }
        #expect(sizes.count == 4)
        #expect(sizes.values.reduce(0, +) == 65_535)
        #expect((sizes.values.max() ?? 0) <= 16_384)
        pair.exchange()
        #expect(streams.allSatisfy { pair.clientBody[$0.id]?.count == 60_000 })
    }

    @Test func `who is refused after the output left and was filled again is still told`() {
        var limits = HTTP2Limits()
        limits.streamReceiveWindow = 10 << 20
        limits.connectionReceiveWindow = 10 << 20
        let pair = Pair(clientLimits: limits)
        let (_, server) = pair.open()
        pair.server.sendHeaders(okFields, on: server, endStream: false)
        pair.server.flush()
        let block = [UInt8](repeating: 1, count: 10_000)
        var awaited = 0
        pair.server.awaitsOutput = { awaited += 1 }
        while block.withRawSpan({ server.trySend($0) }) {}
        #expect(awaited == 1)
        // The next turn begins with a request that fills the output again, before the shell comes
        // to say that the output had left.
        pair.server.output.removeAll()
        pair.server.flush()
        #expect(pair.server.takeEvents().events.writable == 1)
        while block.withRawSpan({ server.trySend($0) }) {}
        pair.server.outputDrained()
        #expect(awaited == 2)
        pair.server.output.removeAll()
        pair.server.outputDrained()
        #expect(pair.server.takeEvents().events.writable == 1)
    }

    @Test func `a queue that never runs empty does not keep what has left`() {
        let peer = RawPeer()
        var held: HTTP2Stream?
        peer.respond = { connection, stream in
            held = stream
            connection.sendHeaders(okFields, on: stream, endStream: false)
        }
        peer.send(RawPeer.get())
        let block = [UInt8](repeating: 1, count: 10_000)
        for _ in 0..<10 { _ = block.withRawSpan { peer.server.send($0, on: held!) } }
        for _ in 0..<1000 {
            peer.send(RawPeer.windowUpdate(1, 10_000), RawPeer.windowUpdate(0, 10_000))
            _ = block.withRawSpan { peer.server.send($0, on: held!) }
        }
        #expect(held?.queuedBytes ?? 0 > 0)
        #expect(held?.queue?.bytes.count ?? .max < 200_000)
    }

    /// One that stopped at the stream that overflows would take the next difference off the others.
    @Test func `no order of SETTINGS drives a window beyond what a number holds`() {
        let peer = RawPeer()
        peer.respond = { connection, stream in
            connection.sendHeaders(okFields, on: stream, endStream: false)
            _ = [UInt8](repeating: 1, count: 100).withRawSpan { connection.send($0, on: stream) }
        }
        func initialWindow(_ size: UInt32) -> Frame {
            Frame(type: Frame.settings, payload: [0, 4] + wire(size))
        }
        peer.send(RawPeer.post(1), RawPeer.post(3))
        peer.send(initialWindow(0))
        peer.send(RawPeer.windowUpdate(1, 0x7fff_ffff))
        let answers = peer.send(initialWindow(0x7fff_ffff), initialWindow(0))
        #expect(answers.last?.code == HTTP2ErrorCode.flowControlError.rawValue)
    }
}
