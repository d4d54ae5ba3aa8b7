import Base
import HTTP1
import Testing

func text(
    of response: HTTP1Response, keepAlive: Bool = true, date: Timestamp? = nil,
    withoutBody: Bool = false
) -> String {
    let output = OutputBuffer()
    response.append(to: output, keepAlive: keepAlive, date: date, withoutBody: withoutBody)
    return String(decoding: output.copyBytes(), as: UTF8.self)
}

@Suite struct HTTP1ResponseTests {
    let hello = HTTP1Response(status: 200, contentType: "text/plain", text: "hello")

    @Test func `a response is written with its length`() {
        #expect(
            text(of: hello)
                == "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello")
    }

    @Test func `the answer to HEAD has the length and not the body`() {
        let written = text(of: hello, withoutBody: true)
        #expect(written.hasSuffix("Content-Length: 5\r\n\r\n"))
    }

    @Test func `close and date are written when asked for`() {
        let date = Timestamp(milliseconds: 784_111_777_000)
        let written = text(of: hello, keepAlive: false, date: date)
        #expect(written.contains("\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"))
        #expect(written.contains("\r\nConnection: close\r\n"))
    }

    @Test(arguments: [101, 204, 304])
    func `a status without body has no length`(status: Int) {
        #expect(!text(of: HTTP1Response(status: status)).contains("Content-Length"))
    }

    @Test func `a line break in a value cannot start a header`() {
        var response = HTTP1Response(status: 200)
        response.headers.append("X", "a\r\nY: b")
        #expect(text(of: response).contains("\r\nX: a  Y: b\r\n"))
    }

    @Test func `a refusal names the status of its error`() {
        #expect(HTTP1Response(refusing: .headTooLarge(limit: 1)).status == 431)
        #expect(text(of: HTTP1Response(refusing: .missingHost)).hasPrefix("HTTP/1.1 400 Bad Req"))
    }
}

@Suite struct HTTP1ResponseParserTests {
    private func parse(_ text: String, piece size: Int, close: Bool = false) throws
        -> [HTTP1Response]
    {
        var parser = HTTP1ResponseParser()
        var responses: [HTTP1Response] = []
        for byte in Array(text.utf8) {
            [byte].withRawSpan { parser.append($0) }
            while let response = try parser.next() { responses.append(response) }
        }
        if close {
            parser.peerClosed()
            while let response = try parser.next() { responses.append(response) }
        }
        return responses
    }

    @Test func `what the serialiser writes is read back, byte by byte`() throws {
        let body = HTTP1Response(status: 429, contentType: "text/plain", text: "slow down")
        let read = try parse(text(of: body) + text(of: HTTP1Response(status: 204)), piece: 1)
        #expect(read.map(\.status) == [429, 204])
        #expect(read.first?.body == body.body)
        #expect(read.first?.reason == "Too Many Requests")
        #expect(read.first?.headers["content-type"] == "text/plain")
    }

    @Test func `a body without length ends with the connection`() throws {
        let open = "HTTP/1.1 200 OK\r\n\r\nall of this"
        #expect(try parse(open, piece: 1).isEmpty)
        #expect(try parse(open, piece: 1, close: true).first?.body == Array("all of this".utf8))
    }

    @Test func `frames after a 101 are handed over`() throws {
        var parser = HTTP1ResponseParser()
        let text = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\u{1}\u{2}"
        Array(text.utf8).withRawSpan { parser.append($0) }
        #expect(try parser.next()?.status == 101)
        #expect(parser.takeRemainder() == [1, 2])
    }

    @Test(arguments: [
        ("HTTP/1.1 20 OK\r\n\r\n", HTTP1Error.malformedStatusLine),
        ("HTTP/1.1 999 OK\r\n\r\n", .malformedStatusLine),
        ("ICY 200 OK\r\n\r\n", .malformedStatusLine),
        ("HTTP/2.0 200 OK\r\n\r\n", .unsupportedVersion),
        (
            "HTTP/1.1 200\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            .conflictingLength
        ),
    ])
    func `a malformed response is refused`(text: String, error: HTTP1Error) {
        #expect(throws: error) { try parse(text, piece: 1) }
    }
}
