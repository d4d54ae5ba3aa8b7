import Base
import HTTP1
import Testing
import WebSocket

@Suite struct WebSocketHandshakeTests {
    let key = "dGhlIHNhbXBsZSBub25jZQ=="

    private func request(_ text: String) throws -> HTTP1Request? {
        var parser = HTTP1RequestParser()
        Array(text.utf8).withRawSpan { parser.append($0) }
        return try parser.next()
    }

    private func makeRequest(changing edit: (inout [String]) -> Void = { _ in }) throws
        -> HTTP1Request
    {
        var lines = [
            "GET /chat HTTP/1.1", "Host: server.example.com", "Upgrade: websocket",
            "Connection: keep-alive, Upgrade", "Sec-WebSocket-Key: \(key)",
            "Sec-WebSocket-Version: 13",
        ]
        edit(&lines)
        return try #require(try request(lines.joined(separator: "\r\n") + "\r\n\r\n"))
    }

    @Test func `the accept key of RFC 6455 section 1-3 comes out`() {
        #expect(WebSocketHandshake.accept(for: key) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test func `our request is accepted by our server and its answer by our client`() throws {
        var random = SeededRandom(seed: 4)
        let key = WebSocketHandshake.key(using: &random)
        #expect(key != WebSocketHandshake.key(using: &random))
        let bytes = WebSocketHandshake.requestBytes(
            host: "localhost:80", path: "/stream?streams=a", key: key)
        let request = try #require(try request(String(decoding: bytes, as: UTF8.self)))
        #expect(request.path == "/stream")
        let output = OutputBuffer()
        try WebSocketHandshake.response(to: request).append(to: output)
        var parser = HTTP1ResponseParser()
        output.copyBytes().withRawSpan { parser.append($0) }
        let response = try #require(try parser.next())
        try WebSocketHandshake.validate(response, key: key)
        #expect(throws: WebSocketHandshakeError.acceptMismatch) {
            try WebSocketHandshake.validate(response, key: self.key)
        }
    }

    @Test func `the request of the RFC is accepted`() throws {
        let response = try WebSocketHandshake.response(to: makeRequest())
        #expect(response.status == 101)
        #expect(response.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test(arguments: [
        (0, "POST /chat HTTP/1.1", WebSocketHandshakeError.methodNotGet, 405),
        (0, "GET /chat HTTP/1.0", .notAnUpgrade, 426), (2, "Upgrade: h2c", .notAnUpgrade, 426),
        (3, "Connection: close", .notAnUpgrade, 426), (4, "X: y", .malformedKey, 400),
        (4, "Sec-WebSocket-Key: c2hvcnQ=", .malformedKey, 400),
        (4, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ!==", .malformedKey, 400),
        (5, "Sec-WebSocket-Version: 8", .unsupportedVersion, 426),
        (5, "X: y", .unsupportedVersion, 426),
    ])
    func `a request that cannot become a WebSocket is refused by name`(
        index: Int, line: String, error: WebSocketHandshakeError, status: Int
    ) throws {
        let request = try makeRequest { $0[index] = line }
        #expect(throws: error) { try WebSocketHandshake.response(to: request) }
        #expect(WebSocketHandshake.response(refusing: error).status == status)
    }

    @Test func `a response that is no answer to our request is refused by name`() throws {
        let good = try WebSocketHandshake.response(to: makeRequest())
        try WebSocketHandshake.validate(good, key: key)
        #expect(throws: WebSocketHandshakeError.status(429)) {
            try WebSocketHandshake.validate(HTTP1Response(status: 429), key: key)
        }
        #expect(throws: WebSocketHandshakeError.upgradeMissing) {
            try WebSocketHandshake.validate(HTTP1Response(status: 101), key: key)
        }
        var extended = good
        extended.headers.append("Sec-WebSocket-Extensions", "permessage-deflate")
        let unrequested = WebSocketHandshakeError.unrequested(header: "sec-websocket-extensions")
        #expect(throws: unrequested) { try WebSocketHandshake.validate(extended, key: key) }
    }
}
