import Base
import Testing

@testable import Gateway

@Suite struct HTTP1SessionTests {
    let output = OutputBuffer()

    func session() -> HTTP1Session {
        HTTP1Session(
            pages: PlainPages(metrics: MetricRegistry(), status: { .healthy }), output: output)
    }

    @Test func `pipelined requests wait for room in the output, and every one is answered`() {
        let session = session()
        let request = Array("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        let burst = Array(repeatElement(request, count: 2000).joined())
        burst.withRawSpan { session.received($0) }
        var (answered, turns) = (0, 0)
        while true {
            #expect(output.count < 2 * HTTP1Session.outputBytesMax)
            answered += output.withSpan { $0.text() }.ranges(of: "HTTP/1.1 200 OK").count
            output.removeAll()
            if !session.isHeldUp { break }
            turns += 1
            session.outputDrained()
        }
        #expect(turns > 1)
        #expect(answered == 2000)
    }
}
