import Base
import HTTP2
import Testing

@testable import GRPC

/// Keepalive, drain and the limits of calls, from end to end of a connection in memory.
@Suite struct MannersTests {
    @Test func `a drain tells calls, lets unary ones finish, and ends with them`() {
        let loop = Loop()
        let unary = loop.record("/s/Unary")
        let stream = loop.record("/s/Stream") { recorder in
            recorder.onDraining = { call, _ in call.finish(RPCStatus(.unavailable, "elsewhere")) }
        }
        let slow = loop.call("/s/Unary")
        let endless = loop.call("/s/Stream", halfClose: false)
        loop.server.beginDrain(now: loop.now, within: .seconds(15))
        loop.exchange()
        #expect(endless.status == RPCStatus(.unavailable, "elsewhere"))
        #expect(stream.recorder.deadlines == [loop.now + .seconds(15)])
        #expect(unary.recorder.deadlines == [loop.now + .seconds(15)])
        #expect(slow.status == nil && !loop.server.isFinished)
        unary.recorder.call.finish(.ok)
        loop.exchange()
        #expect(slow.status == .ok)
        #expect(loop.server.isFinished && !loop.server.isAbandoned)
    }

    @Test func `a call that came before the last GOAWAY is served, and told at once`() {
        let loop = Loop()
        let box = loop.record("/s/Stream") { recorder in
            recorder.onDraining = { call, _ in call.finish(RPCStatus(.unavailable, "elsewhere")) }
        }
        // The client does not see the notice before it calls.
        loop.server.beginDrain(now: loop.now, within: .seconds(15))
        let answer = loop.call("/s/Stream", halfClose: false)
        #expect(box.recorder.deadlines.count == 1)
        #expect(answer.status?.code == .unavailable)
    }

    @Test func `calls that outlive the grace end with UNAVAILABLE, and the connection with them`() {
        let loop = Loop()
        let box = loop.record("/s/Slow")
        let answer = loop.call("/s/Slow")
        loop.server.beginDrain(now: loop.now, within: .seconds(15))
        loop.exchange()
        _ = loop.server.tick(now: loop.now + .milliseconds(14_999))
        loop.exchange()
        #expect(answer.status == nil)
        _ = loop.server.tick(now: loop.now + .seconds(15))
        loop.exchange()
        #expect(answer.status?.code == .unavailable)
        #expect(box.recorder.cancellations == 1)
        _ = loop.server.tick(now: loop.now + .seconds(16))
        #expect(loop.server.isFinished)
    }

    @Test func `the final GOAWAY names the last call, so that later ones are known to be unserved`()
    {
        let loop = Loop()
        let box = loop.record("/s/Slow")
        loop.call("/s/Slow")
        loop.server.beginDrain(now: loop.now, within: .seconds(15))
        loop.exchange()
        let calls = loop.server.callCount
        // A client that ignores the GOAWAY.
        let head = requestFrame(streamID: 3, path: "/s/Slow")
        head.withRawSpan { loop.server.received($0, now: loop.now) }
        #expect(loop.server.callCount == calls)
        #expect(box.recorder.cancellations == 0 && !loop.server.isFinished)
    }

    @Test func `a silent client is asked, and without an answer its calls are cancelled`() {
        let loop = Loop()
        let box = loop.record("/s/Quiet")
        loop.call("/s/Quiet")
        var reached: [RPCLimit] = []
        loop.server.limitReached = { reached.append($0) }
        _ = loop.server.tick(now: loop.now + .seconds(30))
        #expect(!loop.serverOutput.isEmpty)
        loop.serverOutput.removeAll()
        _ = loop.server.tick(now: loop.now + .seconds(50))
        #expect(loop.server.isAbandoned && loop.server.isFinished)
        #expect(reached == [.keepalive])
        loop.server.connectionLost()
        #expect(box.recorder.cancellations == 1)
    }

    @Test func `a client that answers pings stays`() {
        let loop = Loop()
        _ = loop.record("/s/Quiet")
        loop.call("/s/Quiet")
        for _ in 0..<20 {
            loop.now = loop.now + .seconds(30)
            _ = loop.server.tick(now: loop.now)
            loop.exchange()
        }
        #expect(!loop.server.isFinished && loop.server.callCount == 1)
    }

    @Test func `metadata up to the limit is accepted, more is RESOURCE_EXHAUSTED`() {
        var limits = RPCLimits()
        limits.metadataBytesMax = 1000
        let loop = Loop(limits: limits)
        let box = loop.record("/s/M") { $0.onEnd = { $0.finish(.ok) } }
        var reached: [RPCLimit] = []
        loop.server.limitReached = { reached.append($0) }
        func answer(_ bytes: Int) -> RPCCode? {
            var metadata = Metadata()
            metadata.add("x", String(repeating: "v", count: bytes - 33))
            return loop.call("/s/M", metadata: metadata).status?.code
        }
        loop.call("/s/M")
        let own = box.recorder.call.metadata.fields.reduce(0) { $0 + $1.listSize }
        #expect(answer(1000 - own) == .ok)
        #expect(reached.isEmpty)
        #expect(answer(1001 - own) == .resourceExhausted)
        #expect(reached == [.metadata])
    }

    @Test func `a message beyond the limit counts as one`() {
        var limits = RPCLimits()
        limits.messageBytesMax = 100
        let loop = Loop(limits: limits)
        _ = loop.record("/s/M") { $0.onEnd = { $0.finish(.ok) } }
        var reached: [RPCLimit] = []
        loop.server.limitReached = { reached.append($0) }
        #expect(loop.call("/s/M", [UInt8](repeating: 1, count: 100)).status == .ok)
        #expect(reached.isEmpty)
        let answer = loop.call("/s/M", [UInt8](repeating: 1, count: 101))
        #expect(answer.status?.code == .resourceExhausted)
        #expect(reached == [.message])
    }

    @Test func `a message that never gets whole ends its call, others go on`() {
        let loop = Loop()
        let other = loop.record("/s/Other")
        loop.call("/s/Other", nil, halfClose: false)
        let box = loop.record("/s/Slow")
        let answer = loop.call("/s/Slow", nil, halfClose: false)
        var reached: [RPCLimit] = []
        loop.server.limitReached = { reached.append($0) }
        for second in 0..<8 {
            // One byte every ten seconds.
            let bytes = second == 0 ? [UInt8](arrayLiteral: 0, 0, 0, 1, 0, 7) : [7]
            bytes.withRawSpan { _ = loop.client.send($0, on: answer.call!) }
            loop.exchange()
            loop.now = loop.now + .seconds(10)
            _ = loop.server.tick(now: loop.now)
            loop.exchange()
            if second < 5 { #expect(answer.status == nil) }
        }
        #expect(answer.status?.code == .resourceExhausted)
        #expect(box.recorder.cancellations == 1 && other.recorder.cancellations == 0)
        #expect(reached == [.messageTime])
    }

    @Test func `four mebibyte messages flow up a stream`() {
        let loop = Loop()
        var sizes: [Int] = []
        _ = loop.record("/s/Up") { recorder in
            recorder.onMessage = { _, message in sizes.append(message.count) }
            recorder.onEnd = { $0.finish(.ok) }
        }
        let answer = loop.call("/s/Up", nil, halfClose: false)
        for _ in 0..<3 {
            _ = [UInt8](repeating: 5, count: 4 << 20).withRawSpan { answer.call!.send($0) }
            loop.exchange()
        }
        answer.call!.halfClose()
        loop.exchange()
        #expect(sizes == [4 << 20, 4 << 20, 4 << 20])
        #expect(answer.status == .ok)
    }

    @Test func `what a connection holds is what waits in it`() {
        let loop = Loop()
        _ = loop.record("/s/Up")
        #expect(loop.server.heldBytes == 0)
        let answer = loop.call("/s/Up", nil, halfClose: false)
        [0, 0, 0, 4, 0, 1, 2, 3].withRawSpan { _ = loop.client.send($0, on: answer.call!) }
        loop.exchange()
        #expect(loop.server.heldBytes == 8)
        var reached: [RPCLimit] = []
        loop.server.limitReached = { reached.append($0) }
        loop.server.shed(.memory)
        #expect(loop.server.failure == .limitReached(.memory))
        #expect(reached == [.transport(.memory)])
    }
}

/// HEADERS of a call, as a client writes them that does not ask our client's machine.
func requestFrame(streamID: UInt32, path: String) -> [UInt8] {
    func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }
    let block: [UInt8] =
        [0x83, 0x86, 0x04] + text(path) + [0x01] + text("x") + [0x0f, 0x10]
        + text("application/grpc")
    let head: [UInt8] = [0, 0, UInt8(block.count), 1, 4]
    return head + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: streamID >> $0) } + block
}
