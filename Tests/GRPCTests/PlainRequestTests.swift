import Base
import HTTP2
import Testing

@testable import GRPC

/// Requests that are not gRPC, over a raw HTTP/2 client.
@Suite struct PlainRequestTests {
    func get(
        _ method: String, _ path: String, type: String? = nil, more: [HTTP2Field] = []
    ) -> (headers: [HTTP2Field], body: [UInt8]) {
        let router = RPCRouter()
        router.register("/s/M") { Recorder($0) }
        let serverOutput = OutputBuffer()
        let server = RPCServerConnection(router: router, output: serverOutput) {
            PlainResponse(status: $0.path == "/healthz" ? 200 : 404, text: "ok\n")
        }
        let client = HTTP2Connection(role: .client, limits: .client, output: OutputBuffer())
        var fields = [
            HTTP2Field(":method", method), HTTP2Field(":scheme", "http"), HTTP2Field(":path", path),
            HTTP2Field(":authority", "x"),
        ]
        if let type { fields.append(HTTP2Field("content-type", type)) }
        let stream = client.openStream(fields + more)!
        client.end(stream, trailers: nil)
        var headers: [HTTP2Field] = []
        var body: [UInt8] = []
        while true {
            client.flush()
            let up = client.output.copyBytes()
            client.output.removeAll()
            up.withRawSpan { server.received($0, now: Instant(nanoseconds: 0)) }
            if serverOutput.isEmpty { break }
            let down = serverOutput.copyBytes()
            serverOutput.removeAll()
            down.withRawSpan { client.receive($0) }
            let batch = client.takeEvents()
            for event in batch.events {
                if case .headers(_, let fields, _) = event { headers += fields }
                if case .data(_, let range) = event { body += batch.data[range] }
            }
        }
        #expect(stream.isClosed)
        return (headers, body)
    }

    @Test func `GET is answered with its length and body`() {
        let (headers, body) = get("GET", "/healthz")
        #expect(headers.first(named: ":status") == "200")
        #expect(headers.first(named: "content-length") == "3")
        #expect(body == Array("ok\n".utf8))
    }

    @Test func `HEAD is answered with the length and no body`() {
        let (headers, body) = get("HEAD", "/healthz")
        #expect(headers.first(named: "content-length") == "3")
        #expect(body.isEmpty)
    }

    @Test func `an unknown path has the plain closure's answer`() {
        #expect(get("GET", "/nothing").headers.first(named: ":status") == "404")
    }

    @Test func `a wrong content type is 415`() {
        #expect(get("POST", "/s/M", type: "text/plain").headers.first(named: ":status") == "415")
    }

    @Test func `a wrong method is 405 and says what is allowed`() {
        let headers = get("GET", "/s/M").headers
        #expect(headers.first(named: ":status") == "405")
        #expect(headers.first(named: "allow") == "POST")
    }

    @Test func `headers too large are 431`() {
        let more = (0..<20).map { HTTP2Field("x-\($0)", String(repeating: "a", count: 1000)) }
        #expect(get("GET", "/healthz", more: more).headers.first(named: ":status") == "431")
    }

    @Test func `refused compression names what is accepted`() {
        let more = [HTTP2Field("grpc-encoding", "br")]
        let headers = get("POST", "/s/M", type: "application/grpc", more: more).headers
        #expect(headers.first(named: ":status") == "200")
        #expect(headers.first(named: "grpc-status") == "12")
        #expect(headers.first(named: "grpc-accept-encoding") == "identity,gzip")
    }

    @Test(arguments: [0, 65_536, 65_537])
    func `a body is waited for, but not a long one`(bodyBytes: Int) {
        let output = OutputBuffer()
        let server = RPCServerConnection(router: RPCRouter(), output: output) { _ in
            PlainResponse(status: 404, text: "")
        }
        let client = HTTP2Connection(role: .client, limits: .client, output: OutputBuffer())
        let fields = [
            HTTP2Field(":method", "POST"), HTTP2Field(":scheme", "http"),
            HTTP2Field(":path", "/x"), HTTP2Field(":authority", "x"),
        ]
        let stream = client.openStream(fields)!
        func statuses() -> [String] {
            var found: [String] = []
            for _ in 0..<8 {
                client.flush()
                client.output.copyBytes().withRawSpan {
                    server.received($0, now: Instant(nanoseconds: 0))
                }
                client.output.removeAll()
                output.copyBytes().withRawSpan { client.receive($0) }
                output.removeAll()
                for case .headers(_, let fields, _) in client.takeEvents().events {
                    found.append(fields.first(named: ":status") ?? "")
                }
            }
            return found
        }
        _ = [UInt8](repeating: 1, count: bodyBytes).withRawSpan { client.send($0, on: stream) }
        #expect(statuses() == (bodyBytes > 65_536 ? ["415"] : []))
        client.end(stream, trailers: nil)
        #expect(statuses() == (bodyBytes > 65_536 ? [] : ["415"]))
    }
}
