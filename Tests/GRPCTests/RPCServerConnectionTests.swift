import Base
import HTTP2
import Testing

@testable import GRPC

@Suite struct RPCServerConnectionTests {
    @Test(arguments: [1, 3, .max])
    func `a unary call returns its answer and OK`(stride: Int) {
        let loop = Loop()
        loop.stride = stride
        let box = loop.record("/s/Echo") { recorder in
            recorder.onMessage = { call, message in message.withRawSpan { call.send($0) } }
            recorder.onEnd = { $0.finish(.ok) }
        }
        let answer = loop.call("/s/Echo", Array("hello".utf8))
        #expect(answer.messages == [Array("hello".utf8)])
        #expect(answer.status == .ok)
        #expect(answer.finishedCount == 1)
        #expect(box.recorder.ends == 1 && box.recorder.cancellations == 0)
        #expect(loop.server.callCount == 0 && loop.client.callCount == 0)
    }

    @Test func `messages flow both ways while a call is open`() {
        let loop = Loop()
        let box = loop.record("/s/Chat") { recorder in
            recorder.onMessage = { call, message in message.withRawSpan { call.send($0) } }
        }
        let answer = loop.call("/s/Chat", [1], halfClose: false)
        _ = [2, 2].withRawSpan { answer.call!.send($0) }
        loop.exchange()
        #expect(answer.messages == [[1], [2, 2]])
        #expect(answer.status == nil)
        box.recorder.call.finish(RPCStatus(.aborted, "enough"))
        loop.exchange()
        #expect(answer.status == RPCStatus(.aborted, "enough"))
    }

    @Test func `an unknown method is UNIMPLEMENTED`() {
        let answer = Loop().call("/s/Nothing")
        #expect(answer.status?.code == .unimplemented)
        #expect(answer.headers == nil)
    }

    @Test func `the status text survives any character`() {
        let loop = Loop()
        _ = loop.record("/s/M") { $0.onEnd = { $0.finish(RPCStatus(.notFound, "ü 100% \n€")) } }
        #expect(loop.call("/s/M").status == RPCStatus(.notFound, "ü 100% \n€"))
    }

    @Test(arguments: RPCCode.allCases)
    func `every status arrives as it was sent`(code: RPCCode) {
        let loop = Loop()
        _ = loop.record("/s/M") { $0.onEnd = { $0.finish(RPCStatus(code, "text")) } }
        #expect(loop.call("/s/M").status == RPCStatus(code, "text"))
    }

    @Test func `a long status text is cut, not lost with its status`() {
        let path = "/" + String(repeating: "x", count: 12_000)
        let status = Loop().call(path).status
        #expect(status?.code == .unimplemented)
        #expect(status?.message.count == 1024)
    }

    @Test func `metadata and details travel in both directions`() {
        let loop = Loop()
        let box = loop.record("/s/M") { recorder in
            recorder.onEnd = { call in
                call.trailingMetadata.add("x-trace", "t")
                call.finish(RPCStatus(.internal, "m", details: [0, 255]))
            }
        }
        var metadata = Metadata()
        metadata.add("x-key", "value")
        metadata.add("x-bytes-bin", bytes: [0, 1, 254])
        let answer = loop.call("/s/M", metadata: metadata)
        #expect(box.recorder.call.metadata["x-key"] == "value")
        #expect(box.recorder.call.metadata.binaryValues("x-bytes-bin") == [[0, 1, 254]])
        #expect(answer.status?.details == [0, 255])
        #expect(answer.trailers["x-trace"] == "t")
    }

    @Test func `the subtype follows the content type`() {
        let loop = Loop()
        let box = loop.record("/s/M")
        loop.call("/s/M", subtype: .messagePack)
        #expect(box.recorder.call.subtype == .messagePack)
        loop.call("/s/M", subtype: .protobuf)
        #expect(box.recorder.call.subtype == .protobuf)
    }

    @Test func `a passed deadline ends the call and cancels its handler once`() {
        let loop = Loop()
        let box = loop.record("/s/Slow")
        let answer = loop.call("/s/Slow", timeout: .milliseconds(100))
        let late = box.recorder!
        _ = loop.call("/s/Slow", timeout: .seconds(9))
        #expect(loop.server.nextTick == loop.now + .milliseconds(100))
        #expect(
            loop.server.tick(now: loop.now + .milliseconds(99)) == loop.now + .milliseconds(100))
        #expect(late.cancellations == 0)
        #expect(loop.server.tick(now: loop.now + .milliseconds(100)) == loop.now + .seconds(9))
        loop.exchange()
        #expect(answer.status?.code == .deadlineExceeded)
        #expect(late.cancellations == 1)
        #expect(loop.server.callCount == 1)
    }

    @Test func `a status text is short though its author writes endless characters`() {
        let loop = Loop()
        let text = "e" + String(repeating: "\u{301}", count: 100_000)
        loop.router.register("/s/Long") { call in
            SingleRequestHandler { call, _ in call.finish(RPCStatus(.notFound, text)) }
        }
        let answer = loop.call("/s/Long")
        #expect(answer.status?.code == .notFound)
        #expect(answer.status?.message.unicodeScalars.count == 1024)
    }

    @Test func `a cancelled call tells its handler once`() {
        let loop = Loop()
        let box = loop.record("/s/Stream")
        let answer = loop.call("/s/Stream")
        answer.call?.cancel()
        loop.exchange()
        #expect(answer.status?.code == .cancelled)
        #expect(box.recorder.cancellations == 1)
        #expect(!framed([1]).withRawSpan { box.recorder.call.trySend(framed: $0) })
        box.recorder.call.finish(.ok)
        loop.server.connectionLost()
        #expect(box.recorder.cancellations == 1)
    }

    @Test func `a lost connection cancels every handler and fails every call`() {
        let loop = Loop()
        let boxes = ["/s/A", "/s/B"].map { loop.record($0) }
        let answers = ["/s/A", "/s/B"].map { loop.call($0) }
        loop.server.connectionLost()
        loop.client.connectionLost()
        #expect(boxes.map(\.recorder.cancellations) == [1, 1])
        #expect(answers.map(\.status?.code) == [.unavailable, .unavailable])
        #expect(loop.server.callCount == 0)
    }

    @Test func `a message above the limit is RESOURCE_EXHAUSTED, one at the limit is not`() {
        var limits = RPCLimits()
        limits.messageBytesMax = 1000
        let loop = Loop(limits: limits)
        let box = loop.record("/s/M") { $0.onEnd = { $0.finish(.ok) } }
        #expect(loop.call("/s/M", [UInt8](repeating: 0, count: 1000)).status?.code == .ok)
        let answer = loop.call("/s/M", [UInt8](repeating: 0, count: 1001))
        #expect(answer.status?.code == .resourceExhausted)
        #expect(box.recorder.messages.isEmpty && box.recorder.cancellations == 1)
    }

    @Test func `unfinished messages of a connection are bounded together`() {
        var limits = RPCLimits()
        limits.partialBytesMax = 50_000
        let loop = Loop(limits: limits)
        let box = loop.record("/s/M")
        let first = loop.client.start(path: "/s/M", authority: "test", handler: Answer())!
        let message = framed([UInt8](repeating: 0, count: 60_000))
        _ = Array(message[..<30_000]).withRawSpan { loop.client.send($0, on: first) }
        loop.exchange()
        let second = Answer()
        let call = loop.client.start(path: "/s/M", authority: "test", handler: second)!
        _ = Array(message[..<30_000]).withRawSpan { loop.client.send($0, on: call) }
        loop.exchange()
        #expect(second.status?.code == .resourceExhausted)
        #expect(box.recorder.cancellations == 1)
        #expect(loop.server.callCount == 1)
    }

    @Test func `a whole request that waits for its end counts like an unfinished one`() {
        var limits = RPCLimits()
        limits.partialBytesMax = 50_000
        let loop = Loop(limits: limits)
        loop.router.register("/s/One") { _ in
            SingleRequestHandler { call, _ in call.finish(.ok) }
        }
        let message = [UInt8](repeating: 0, count: 30_000)
        let first = loop.call("/s/One", message, halfClose: false)
        #expect(loop.server.heldBytes >= 30_000)
        let second = loop.call("/s/One", message, halfClose: false)
        #expect(second.status?.code == .resourceExhausted)
        first.call?.halfClose()
        loop.exchange()
        #expect(first.status == .ok)
        #expect(loop.server.heldBytes < 1000)
    }

    @Test func `a request that only looks the same is another one`() {
        let loop = Loop()
        let box = loop.record("/s/M") { $0.onEnd = { $0.finish(.ok) } }
        for name in ["\u{e9}", "e\u{301}"] {
            var metadata = Metadata()
            metadata.add("x-user", name)
            loop.call("/s/M", metadata: metadata)
            let received = box.recorder.call.metadata["x-user"] ?? ""
            #expect(Array(received.utf8) == Array(name.utf8))
        }
    }

    @Test func `an incomplete last message is refused`() {
        let loop = Loop()
        _ = loop.record("/s/M")
        let answer = Answer()
        let call = loop.client.start(path: "/s/M", authority: "test", handler: answer)!
        _ = [0, 0, 0, 0, 9, 1].withRawSpan { loop.client.send($0, on: call) }
        call.halfClose()
        loop.exchange()
        #expect(answer.status?.code == .invalidArgument)
    }

    @Test func `a slow reader is refused, then told`() {
        let loop = Loop(clientLimits: HTTP2Limits())
        let box = loop.record("/s/Stream")
        let answer = loop.call("/s/Stream")
        let bytes = framed([UInt8](repeating: 7, count: 10_000))
        var taken = 0
        while bytes.withRawSpan({ box.recorder.call.trySend(framed: $0) }) { taken += 1 }
        #expect(taken == 6)
        #expect(box.recorder.writable == 0)
        loop.exchange()
        #expect(box.recorder.writable == 1)
        #expect(answer.messages.count == 6)
        #expect(box.recorder.call.isWritable)
    }

    @Test func `sending from becameWritable reaches a reader of any speed, in order`() {
        let loop = Loop(clientLimits: HTTP2Limits())
        var next: UInt8 = 0
        func push(_ call: RPCCall) {
            while next < 200 {
                let bytes = framed([next] + [UInt8](repeating: 7, count: 5000))
                guard bytes.withRawSpan({ call.trySend(framed: $0) }) else { return }
                next += 1
            }
            call.finish(.ok)
        }
        _ = loop.record("/s/Stream") { recorder in
            recorder.onEnd = { push($0) }
            recorder.onWritable = { push($0) }
        }
        let answer = loop.call("/s/Stream")
        #expect(answer.messages.map { $0[0] } == Array(0..<200))
        #expect(answer.status == .ok)
    }

    @Test func `a drain lets calls end and takes no new ones`() {
        let loop = Loop()
        let box = loop.record("/s/Stream")
        let answer = loop.call("/s/Stream")
        loop.server.beginDrain(now: loop.now)
        loop.exchange()
        #expect(loop.client.isDraining)
        #expect(loop.client.start(path: "/s/Stream", authority: "test", handler: Answer()) == nil)
        #expect(answer.status == nil && !loop.server.isFinished)
        [1].withRawSpan { box.recorder.call.send($0) }
        loop.server.finishCalls(RPCStatus(.unavailable, "going down"))
        loop.exchange()
        #expect(answer.messages == [[1]])
        #expect(answer.status?.code == .unavailable)
        #expect(box.recorder.cancellations == 1)
        #expect(loop.server.isFinished && loop.client.isFinished)
    }

    @Test func `a handler may finish the call while it is made`() {
        let loop = Loop()
        loop.router.register("/s/No") { call in
            call.finish(RPCStatus(.permissionDenied))
            return Recorder(call)
        }
        #expect(loop.call("/s/No").status?.code == .permissionDenied)
    }

    @Test func `messages after the end of a call are ignored`() {
        let loop = Loop()
        let box = loop.record("/s/M") { $0.onMessage = { call, _ in call.finish(.ok) } }
        let answer = Answer()
        let call = loop.client.start(path: "/s/M", authority: "test", handler: answer)!
        _ = (framed([1]) + framed([2])).withRawSpan { loop.client.send($0, on: call) }
        loop.exchange()
        #expect(answer.status == .ok)
        #expect(box.recorder.messages == [[1]])
        #expect(box.recorder.ends == 0 && box.recorder.cancellations == 0)
    }
}
