import Base
import Testing

@testable import GRPC

@Suite struct RPCInterceptorTests {
    /// Writes down what happens, under its name; refuses when told to.
    final class Witness: RPCInterceptor {
        let name: String
        let diary: Diary
        var refusal: RPCStatus?

        init(_ name: String, _ diary: Diary) { (self.name, self.diary) = (name, diary) }

        func admit(_ call: RPCCall) -> RPCStatus? {
            diary.lines.append("\(name) admits \(call.path)")
            return refusal
        }

        func ended(_ call: RPCCall, _ status: RPCStatus) {
            diary.lines.append("\(name) ended \(status.code)")
        }
    }

    final class Diary { var lines: [String] = [] }

    let diary = Diary()
    let outer: Witness
    let inner: Witness
    let loop: Loop

    init() {
        outer = Witness("outer", diary)
        inner = Witness("inner", diary)
        loop = Loop(interceptors: [outer, inner])
    }

    @Test func `calls enter from the outside and leave from the inside`() {
        _ = loop.record("/s/M") { $0.onEnd = { $0.finish(.ok) } }
        #expect(loop.call("/s/M").status == .ok)
        #expect(
            diary.lines == [
                "outer admits /s/M", "inner admits /s/M", "inner ended ok", "outer ended ok",
            ])
    }

    @Test func `a refused call has no handler and ends for those who had admitted it`() {
        let box = loop.record("/s/M")
        inner.refusal = RPCStatus(.permissionDenied, "no")
        #expect(loop.call("/s/M").status == RPCStatus(.permissionDenied, "no"))
        #expect(box.recorder == nil)
        #expect(
            diary.lines == [
                "outer admits /s/M", "inner admits /s/M", "outer ended permissionDenied",
            ])
    }

    @Test func `an unknown method ends for everybody`() {
        #expect(loop.call("/s/Nothing").status?.code == .unimplemented)
        #expect(
            diary.lines.suffix(2) == ["inner ended unimplemented", "outer ended unimplemented"])
    }

    @Test func `a client that leaves ends its call once, as cancelled`() {
        let box = loop.record("/s/M")
        let answer = loop.call("/s/M")
        answer.call?.cancel()
        loop.exchange()
        box.recorder.call.finish(.ok)
        loop.server.connectionLost()
        #expect(diary.lines.suffix(2) == ["inner ended cancelled", "outer ended cancelled"])
        #expect(diary.lines.count == 4)
    }

    @Test func `a passed deadline ends the call once`() {
        _ = loop.record("/s/M")
        loop.call("/s/M", timeout: .milliseconds(5))
        _ = loop.server.tick(now: loop.now + .seconds(1))
        loop.exchange()
        let late = "ended deadlineExceeded"
        #expect(diary.lines.suffix(2) == ["inner \(late)", "outer \(late)"])
        #expect(diary.lines.count == 4)
    }

    @Test func `initial metadata travels with the headers, or with a lone status`() {
        let box = loop.record("/s/M") { recorder in
            recorder.call.initialMetadata.add("x-first", "1")
            recorder.onMessage = { call, message in
                if message.isEmpty { return call.finish(RPCStatus(.aborted, "")) }
                message.withRawSpan { call.send($0) }
                call.finish(.ok)
            }
        }
        #expect(loop.call("/s/M", [1]).headers?["x-first"] == "1")
        #expect(loop.call("/s/M", []).trailers["x-first"] == "1")
        #expect(box.recorder.call.peer.address == "test")
    }
}
