import Base
import HTTP2
import Testing

@testable import GRPC

/// The client's side against a bare HTTP/2 server.
@Suite struct RPCClientConnectionTests {
    @Test(arguments: [false, true])
    func `a request says all that gRPC wants said`(isSecure: Bool) {
        let peer = ClientPeer(isSecure: isSecure)
        var metadata = Metadata()
        metadata.add("x-text", "a b")
        metadata.add("x-bytes-bin", bytes: [0xab, 0xcd])
        let answer = peer.start(metadata: metadata, timeout: .milliseconds(1500), message: [1, 2])
        let request = peer.requests[0]
        #expect(
            request.prefix(4) == [
                HTTP2Field(":method", "POST"), HTTP2Field(":scheme", isSecure ? "https" : "http"),
                HTTP2Field(":path", "/s/M"), HTTP2Field(":authority", "test"),
            ])
        #expect(request.first(named: "te") == "trailers")
        #expect(request.first(named: "content-type") == "application/grpc")
        #expect(request.first(named: "user-agent")?.hasPrefix("grpc-swift-penstock/") == true)
        #expect(request.first(named: "grpc-timeout") == "1500000u")
        #expect(request.first(named: "grpc-accept-encoding") != nil)
        #expect(request.first(named: "x-text") == "a b")
        #expect(request.first(named: "x-bytes-bin") == "q80")
        #expect(peer.bodies[1] == framed([1, 2]))
        #expect(peer.endedStreams == [1])
        #expect(answer.status == nil)
    }

    @Test func `metadata comes back, initial and trailing, text and bytes`() {
        let peer = ClientPeer()
        let answer = peer.start()
        peer.answer(ClientPeer.headers + [HTTP2Field("x-first", "1"), HTTP2Field("a-bin", "q6ur")])
        peer.data(framed([7]))
        peer.trailers(ClientPeer.ok + [HTTP2Field("x-last", "2"), HTTP2Field("b-bin", "q6s=")])
        #expect(answer.headers?["x-first"] == "1")
        #expect(answer.headers?.binaryValues("a-bin") == [[0xab, 0xab, 0xab]])
        #expect(answer.messages == [[7]])
        #expect(answer.trailers["x-last"] == "2")
        #expect(answer.trailers.binaryValues("b-bin") == [[0xab, 0xab]])
        #expect(answer.status == .ok)
        #expect(answer.finishedCount == 1)
        #expect(answer.call?.mayBeProcessed == true)
    }

    @Test(arguments: [
        ([HTTP2Field(":status", "503")], RPCCode.unavailable),
        ([HTTP2Field(":status", "404"), HTTP2Field("content-type", "text/html")], .unimplemented),
        ([HTTP2Field(":status", "401")], .unauthenticated),
        ([HTTP2Field(":status", "200"), HTTP2Field("content-type", "text/html")], .unknown),
        // gRPC's own word counts more than HTTP's.
        ([HTTP2Field(":status", "503"), HTTP2Field("grpc-status", "5")], .notFound),
        (ClientPeer.headers + [HTTP2Field("grpc-status", "99")], .unknown),
        (ClientPeer.headers + [HTTP2Field("grpc-status", "no")], .unknown),
        (ClientPeer.headers + ClientPeer.ok, .ok),
        (ClientPeer.headers, .internal),
    ])
    func `a response of one block has a status, whatever it says`(
        fields: [HTTP2Field], code: RPCCode
    ) {
        let peer = ClientPeer()
        let answer = peer.start()
        peer.answer(fields, endStream: true)
        #expect(answer.status?.code == code)
        #expect(answer.finishedCount == 1)
    }

    @Test func `the deadline ends the call at once and resets the stream`() {
        let peer = ClientPeer()
        let answer = peer.start(timeout: .milliseconds(10))
        peer.tick(after: .milliseconds(9))
        #expect(answer.status == nil)
        peer.tick(after: .milliseconds(1))
        #expect(answer.status?.code == .deadlineExceeded)
        #expect(peer.resets == [.cancel])
        #expect(peer.client.callCount == 0)
    }

    @Test func `a cancelled call resets its stream and no other`() {
        let peer = ClientPeer()
        let (first, second) = (peer.start(), peer.start())
        first.call?.cancel()
        peer.exchange()
        #expect(first.status?.code == .cancelled)
        #expect(peer.resets == [.cancel])
        peer.answer(ClientPeer.headers + ClientPeer.ok, on: 1, endStream: true)
        #expect(second.status == .ok)
    }

    @Test func `calls beyond the server's limit wait their turn, and keep what they said`() {
        var serverLimits = HTTP2Limits()
        serverLimits.concurrentStreamsMax = 2
        let peer = ClientPeer(serverLimits: serverLimits)
        let answers = (0..<4).map { peer.start(message: [UInt8($0)]) }
        #expect(peer.requests.count == 2)
        #expect(peer.client.callCount == 4)
        #expect(answers[2].call?.mayBeProcessed == false)
        peer.answer(ClientPeer.headers + ClientPeer.ok, on: 0, endStream: true)
        #expect(peer.requests.count == 3)
        #expect(peer.bodies[5] == framed([2]))
        #expect(peer.endedStreams == [1, 3, 5])
        answers[1].call?.cancel()
        peer.exchange()
        #expect(peer.requests.count == 4)
        #expect(answers[0].status == .ok)
    }

    @Test func `the line of waiting calls has an end, and their deadlines run`() {
        var serverLimits = HTTP2Limits()
        serverLimits.concurrentStreamsMax = 1
        var limits = RPCClientLimits()
        limits.waitingCallsMax = 1
        let peer = ClientPeer(limits: limits, serverLimits: serverLimits)
        _ = peer.start()
        let waiting = peer.start(timeout: .seconds(1))
        #expect(peer.client.start(path: "/s/M", authority: "test", handler: Answer()) == nil)
        peer.tick(after: .seconds(1))
        #expect(waiting.status?.code == .deadlineExceeded)
        #expect(waiting.call?.mayBeProcessed == false)
        #expect(peer.resets.isEmpty)
    }

    @Test func `what a waiting call holds has a bound`() {
        var serverLimits = HTTP2Limits()
        serverLimits.concurrentStreamsMax = 1
        var limits = RPCClientLimits()
        limits.heldBytesPerCallMax = 10
        let peer = ClientPeer(limits: limits, serverLimits: serverLimits)
        _ = peer.start()
        let waiting = peer.start(message: nil, halfClose: false)
        let taken = [4, 1, 0].map { size in
            [UInt8](repeating: 0, count: size).withRawSpan { waiting.call!.send($0) }
        }
        #expect(taken == [true, false, false])
    }

    @Test func `a GOAWAY fails what will not be served, and the rest goes on`() {
        let peer = ClientPeer()
        let (first, second) = (peer.start(), peer.start())
        // The server knows of one stream only: it was never told of the other.
        let lost = GoAway.frame(last: 1, code: 0)
        lost.withRawSpan { peer.client.received($0) }
        #expect(second.status?.code == .unavailable)
        #expect(second.call?.mayBeProcessed == false)
        #expect(first.status == nil)
        #expect(peer.client.isDraining)
        #expect(!peer.client.isFinished)
        #expect(peer.client.start(path: "/s/M", authority: "test", handler: Answer()) == nil)
        peer.answer(ClientPeer.headers + ClientPeer.ok, on: 0, endStream: true)
        #expect(first.status == .ok)
        #expect(peer.client.isFinished)
    }

    @Test func `the notice before a GOAWAY fails nothing but what waits`() {
        var serverLimits = HTTP2Limits()
        serverLimits.concurrentStreamsMax = 1
        let peer = ClientPeer(serverLimits: serverLimits)
        let (open, waiting) = (peer.start(), peer.start())
        peer.server.submitShutdownNotice()
        peer.finishTurn()
        #expect(open.status == nil)
        #expect(waiting.status?.code == .unavailable)
        #expect(waiting.call?.mayBeProcessed == false)
    }

    @Test func `a refused stream is safe to try again`() {
        let peer = ClientPeer()
        let answer = peer.start()
        peer.server.reset(peer.streams[0], .refusedStream)
        peer.finishTurn()
        #expect(answer.status?.code == .unavailable)
        #expect(answer.call?.mayBeProcessed == false)
    }

    @Test func `a silent server is noticed, and its calls end`() {
        let peer = ClientPeer()
        let answer = peer.start()
        peer.tick(after: .seconds(30))
        // It answered that PING.
        peer.tick(after: .seconds(29))
        peer.now = peer.now + .seconds(1)
        peer.client.tick(now: peer.now)
        peer.client.tick(now: peer.now + .seconds(20))
        #expect(answer.status?.code == .unavailable)
        #expect(peer.client.isBroken)
        #expect(peer.client.isFinished)
    }

    @Test func `a response that is too large is RESOURCE_EXHAUSTED, at the limit it is taken`() {
        var limits = RPCClientLimits()
        limits.messageBytesMax = 100
        let peer = ClientPeer(limits: limits)
        let (fits, exceeds) = (peer.start(), peer.start())
        peer.answer(ClientPeer.headers, on: 0)
        peer.data(framed([UInt8](repeating: 1, count: 100)), on: 0)
        peer.answer(ClientPeer.headers, on: 1)
        peer.data(framed([UInt8](repeating: 1, count: 101)), on: 1)
        #expect(fits.messages.map(\.count) == [100])
        #expect(exceeds.status?.code == .resourceExhausted)
        #expect(peer.resets == [.cancel])
    }

    @Test func `compressed responses are unpacked, message by message`() {
        let peer = ClientPeer()
        let answer = peer.start()
        let message = [UInt8](repeating: 7, count: 10_000)
        peer.answer(ClientPeer.headers + [HTTP2Field("grpc-encoding", "gzip")])
        peer.data(compressed(message))
        #expect(answer.call?.isMessageCompressed == true)
        peer.data(framed([1]))
        #expect(answer.call?.isMessageCompressed == false)
        peer.trailers(ClientPeer.ok)
        #expect(answer.messages == [message, [1]])
        #expect(answer.status == .ok)
    }

    @Test(arguments: [("gzip", 100, RPCCode.ok), ("gzip", 101, .resourceExhausted)])
    func `unpacking stops at the message limit`(encoding: String, size: Int, code: RPCCode) {
        var limits = RPCClientLimits()
        limits.messageBytesMax = 100
        let peer = ClientPeer(limits: limits)
        let answer = peer.start()
        peer.answer(ClientPeer.headers + [HTTP2Field("grpc-encoding", encoding)])
        peer.data(compressed([UInt8](repeating: 7, count: size)))
        if answer.status == nil { peer.trailers(ClientPeer.ok) }
        #expect(answer.status?.code == code)
    }

    @Test func `what is compressed without a word, or in another way, ends the call`() {
        let peer = ClientPeer()
        let (silent, foreign, damaged) = (peer.start(), peer.start(), peer.start())
        peer.answer(ClientPeer.headers, on: 0)
        peer.data(compressed([1]), on: 0)
        #expect(silent.status?.code == .internal)
        peer.answer(ClientPeer.headers + [HTTP2Field("grpc-encoding", "zstd")], on: 1)
        #expect(foreign.status?.code == .internal)
        peer.answer(ClientPeer.headers + [HTTP2Field("grpc-encoding", "gzip")], on: 2)
        peer.data(Array(compressed([1, 2, 3]).prefix(5)) + [UInt8](repeating: 9, count: 40), on: 2)
        #expect(damaged.status?.code == .internal)
        #expect(peer.resets == [.cancel, .cancel, .cancel])
    }

    private func compressed(_ message: [UInt8]) -> [UInt8] {
        let small = message.withRawSpan { Gzip().compress($0) }
        var bytes: [UInt8] = []
        MessageDeframer.appendPrefix(size: small.count, isCompressed: true, to: &bytes)
        return bytes + small
    }

    @Test func `unfinished responses have a bound together`() {
        var limits = RPCClientLimits()
        limits.partialBytesMax = 150
        let peer = ClientPeer(limits: limits)
        let answers = [peer.start(), peer.start()]
        let half = Array(framed([UInt8](repeating: 1, count: 200)).prefix(100))
        for index in 0...1 {
            peer.answer(ClientPeer.headers, on: index)
            peer.data(half, on: index)
        }
        #expect(answers[0].status == nil)
        #expect(answers[1].status?.code == .resourceExhausted)
    }

    @Test func `large messages cross both ways through small windows`() {
        let peer = ClientPeer()
        let message = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
        let answer = peer.start(message: message)
        #expect(peer.bodies[1] == framed(message))
        peer.answer(ClientPeer.headers)
        peer.data(framed(message))
        peer.trailers(ClientPeer.ok)
        #expect(answer.messages == [message])
        #expect(answer.status == .ok)
    }

    @Test func `a message before headers, cut short, or after the status harms its call alone`() {
        let peer = ClientPeer()
        let cut = peer.start()
        peer.answer(ClientPeer.headers)
        peer.data(Array(framed([1, 2, 3]).dropLast()))
        peer.trailers(ClientPeer.ok)
        #expect(cut.status?.code == .internal)
        let other = peer.start()
        peer.answer(ClientPeer.headers + ClientPeer.ok, on: 1, endStream: true)
        #expect(other.status == .ok)
    }

    @Test func `a response cut after any byte ends its call once, and only whole ones succeed`() {
        let peer = ClientPeer()
        _ = peer.start()
        let bytes = peer.record {
            peer.server.sendHeaders(ClientPeer.headers, on: peer.streams[0], endStream: false)
            _ = framed([1, 2, 3]).withRawSpan { peer.server.send($0, on: peer.streams[0]) }
            _ = framed([4]).withRawSpan { peer.server.send($0, on: peer.streams[0]) }
            peer.server.end(peer.streams[0], trailers: ClientPeer.ok)
        }
        for end in 0...bytes.count {
            let other = ClientPeer()
            let answer = other.start()
            Array(bytes[..<end]).withRawSpan { other.client.received($0) }
            other.client.connectionLost()
            #expect(answer.finishedCount == 1, "cut after \(end) of \(bytes.count)")
            #expect((answer.status == .ok) == (end == bytes.count), "cut after \(end)")
            #expect(answer.messages == Array([[1, 2, 3], [4]].prefix(answer.messages.count)))
        }
    }

    @Test func `a refused send hears when the windows open`() {
        let peer = ClientPeer()
        let answer = peer.start(message: nil, halfClose: false)
        let chunk = [UInt8](repeating: 0, count: 16_000)
        var count = 0
        // The server reads only when the test lets it.
        while count < 100, chunk.withRawSpan({ answer.call!.trySend($0) }) { count += 1 }
        #expect(count < 100)
        #expect(answer.writableCount == 0)
        peer.exchange()
        #expect(answer.writableCount == 1)
        #expect(chunk.withRawSpan { answer.call!.trySend($0) })
    }
}

enum GoAway {
    static func frame(last: UInt8, code: UInt8) -> [UInt8] {
        [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, last, 0, 0, 0, code]
    }
}
