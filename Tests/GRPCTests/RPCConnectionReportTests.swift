import Base
import HTTP2
import Testing

@testable import GRPC

@Suite struct RPCConnectionReportTests {
    @Test func `a connection that did nothing says so`() {
        let report = Loop().server.report
        #expect(report.streamsStarted == 0 && report.messagesSent == 0)
        #expect(report.lastStreamAt == nil && report.lastMessageReceivedAt == nil)
        #expect(report.sendWindow == Int64(HTTP2Limits.client.connectionReceiveWindow))
        #expect(report.receiveWindow == Int64(HTTP2Limits().connectionReceiveWindow))
    }

    @Test func `messages and streams are counted both ways with their times`() {
        let loop = Loop()
        _ = loop.record("/s/Echo") { recorder in
            recorder.onMessage = { call, message in message.withRawSpan { call.send($0) } }
            recorder.onEnd = { $0.finish(.ok) }
        }
        loop.call("/s/Echo", [1])
        loop.now = Instant(nanoseconds: 9_000_000_000)
        loop.call("/s/Echo", [2])
        loop.call("/s/Nothing", [3])
        let report = loop.server.report
        #expect(report.streamsStarted == 3 && report.streamsSucceeded == 3)
        #expect(report.streamsFailed == 0)
        #expect(report.messagesSent == 2 && report.messagesReceived == 2)
        #expect(report.lastStreamAt == loop.now && report.lastMessageReceivedAt == loop.now)
    }

    @Test func `a stream that its client leaves has failed, one that is open has not`() {
        let loop = Loop()
        _ = loop.record("/s/Stay")
        let answers = (0..<2).map { _ in loop.call("/s/Stay") }
        #expect(loop.server.report.streamsFailed == 0)
        answers[0].call?.cancel()
        loop.exchange()
        let report = loop.server.report
        #expect(report.streamsStarted == 2 && report.streamsFailed == 1)
        #expect(report.streamsSucceeded == 0)
    }

    @Test func `several messages in one piece are several`() {
        let loop = Loop()
        let box = loop.record("/s/Stream")
        let answer = loop.call("/s/Stream")
        let call = box.recorder.call
        let three = framed([]) + framed([1]) + framed([2, 2])
        #expect(three.withRawSpan { call.trySend(several: $0) })
        #expect(framed([3]).withRawSpan { call.trySend(framed: $0) })
        three.withRawSpan { call.send(framed: $0) }
        #expect(three.withRawSpan { call.trySend(framed: $0) })
        call.countFurther(2)
        loop.server.outputDrained()
        loop.exchange()
        #expect(answer.messages.count == 10)
        #expect(loop.server.report.messagesSent == 10)
    }

    @Test func `what was refused is not counted`() {
        var closed = HTTP2Limits.client
        closed.streamReceiveWindow = 0
        let loop = Loop(clientLimits: closed)
        let box = loop.record("/s/Stream")
        loop.call("/s/Stream")
        #expect(!framed([1]).withRawSpan { box.recorder.call.trySend(several: $0) })
        #expect(loop.server.report.messagesSent == 0)
    }

    @Test func `messages in bytes are counted by their prefixes`() {
        let bytes = framed([]) + framed([1, 2, 3]) + framed(Array(repeating: 7, count: 300))
        #expect(bytes.withRawSpan { MessageDeframer.count(in: $0) } == 3)
        #expect([UInt8]().withRawSpan { MessageDeframer.count(in: $0) } == 0)
    }
}
