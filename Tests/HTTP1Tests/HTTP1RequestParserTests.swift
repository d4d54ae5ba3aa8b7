import Base
import HTTP1
import Testing

/// Everything that comes out of a parser fed `bytes` in pieces of `size`.
func parseRequests(
    _ text: String, piece size: Int = .max, limits: HTTP1Limits = HTTP1Limits()
) throws(HTTP1Error) -> [HTTP1Request] {
    var parser = HTTP1RequestParser(limits: limits)
    var requests: [HTTP1Request] = []
    let bytes = Array(text.utf8)
    var start = 0
    while start < bytes.count {
        let end = min(start + min(size, bytes.count), bytes.count)
        Array(bytes[start..<end]).withRawSpan { parser.append($0) }
        while let request = try parser.next() { requests.append(request) }
        start = end
    }
    return requests
}

func firstError(_ text: String, limits: HTTP1Limits = HTTP1Limits()) -> HTTP1Error? {
    do throws(HTTP1Error) {
        _ = try parseRequests(text, limits: limits)
        return nil
    } catch {
        return error
    }
}

@Suite struct HTTP1RequestParserTests {
    @Test func `a request is read into method, path, query and headers`() throws {
        let requests = try parseRequests(
            "GET /api/v3/depth?symbol=BTCUSDT&limit=5000&a=%5B%22x%22%5D&b=1+2&c HTTP/1.1\r\n"
                + "Host: localhost:1\r\nX-Mixed-Case:  padded \t\r\n\r\n")
        let request = try #require(requests.first)
        #expect(requests.count == 1)
        #expect(request.method == "GET")
        #expect(request.path == "/api/v3/depth")
        #expect(request.query("symbol") == "BTCUSDT")
        #expect(request.query("limit") == "5000")
        #expect(request.query("a") == "[\"x\"]")
        #expect(request.query("b") == "1 2")
        #expect(request.query("c") == "")
        #expect(request.query("d") == nil)
        #expect(request.headers["x-mixed-case"] == "padded")
        #expect(request.headers["HOST"] == "localhost:1")
        #expect(request.headers["absent"] == nil)
        #expect(request.body.isEmpty)
    }

    @Test(arguments: [
        ("/a%2Fb%40c?x=%", "/a/b@c"), ("http://host:80/p/q?x", "/p/q"), ("http://host?x", "/"),
        ("http://host", "/"), ("*", "*"), ("/stream/http://x", "/stream/http://x"),
        ("/%zz", "/%zz"),
    ])
    func `the path of every target form is found`(target: String, path: String) {
        #expect(HTTP1Request(method: "GET", target: target).path == path)
    }

    @Test func `pieces of any size give the same requests`() throws {
        let text =
            "\r\nPOST /one HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
            + "POST /two HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
            + "5;name=value\r\nhello\r\n00a \r\n, chunked!\r\n0\r\nTrailer: x\r\n\r\n"
            + "GET /three HTTP/1.0\r\n\r\n"
        let whole = try parseRequests(text)
        #expect(whole.map(\.target) == ["/one", "/two", "/three"])
        #expect(
            whole.map { String(decoding: $0.body, as: UTF8.self) }
                == ["hello", "hello, chunked!", ""])
        for size in 1...text.utf8.count {
            #expect(try parseRequests(text, piece: size) == whole, "pieces of \(size)")
        }
    }

    @Test func `nothing comes out before the last byte`() throws {
        let text = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
        #expect(try parseRequests(String(text.dropLast())).isEmpty)
        #expect(try parseRequests(text).count == 1)
    }

    @Test(arguments: [
        ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: keep-alive, CLOSE\r\n", false),
        ("HTTP/1.0", "", false), ("HTTP/1.0", "Connection: Keep-Alive\r\n", true),
    ])
    func `keep-alive follows version and Connection`(
        version: String, field: String, expected: Bool
    ) throws {
        let requests = try parseRequests("GET / \(version)\r\nHost: a\r\n\(field)\r\n")
        #expect(requests.first?.keepAlive == expected)
    }

    @Test(arguments: [
        ("GET /\r\n\r\n", HTTP1Error.malformedRequestLine, 400),
        ("GET  / HTTP/1.1\r\n\r\n", .malformedRequestLine, 400),
        ("G(T / HTTP/1.1\r\n\r\n", .malformedRequestLine, 400),
        ("GET / HTTP/x.1\r\n\r\n", .malformedRequestLine, 400),
        ("GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine, 400),
        ("PRI * HTTP/2.0\r\n\r\n", .unsupportedVersion, 505),
        ("GET / HTTP/1.1\r\n\r\n", .missingHost, 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .repeatedHost, 400),
        ("GET / HTTP/1.1\r\nHost a\r\n\r\n", .malformedHeader, 400),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", .malformedHeader, 400),
        ("GET / HTTP/1.1\r\n: a\r\n\r\n", .malformedHeader, 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", .obsoleteFolding, 400),
        ("GET / HTTP/1.1\nHost: a\n\n", .invalidByte(0x0a), 400),
        ("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", .invalidByte(0x58), 400),
        ("GET / HTTP/1.1\r\nHost: a\u{0}\r\n\r\n", .invalidByte(0), 400),
        ("\u{16}\u{3}\u{1}", .invalidByte(0x16), 400),
        ("\r\n\r\n\r\n\r\n\r\n", .invalidByte(0x0a), 400),
    ])
    func `a malformed head is refused by name`(text: String, error: HTTP1Error, status: Int) {
        #expect(firstError(text) == error)
        #expect(error.status == status)
    }

    @Test(arguments: [
        ("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", HTTP1Error.conflictingLength, 400),
        ("Content-Length: 3\r\nContent-Length: 3\r\n", .invalidContentLength, 400),
        ("Content-Length: 3, 3\r\n", .invalidContentLength, 400),
        ("Content-Length: +3\r\n", .invalidContentLength, 400),
        ("Content-Length: -3\r\n", .invalidContentLength, 400),
        ("Content-Length: 0x3\r\n", .invalidContentLength, 400),
        ("Content-Length:\r\n", .invalidContentLength, 400),
        ("Content-Length: 99999999999999999999\r\n", .bodyTooLarge(limit: 1 << 20), 413),
        ("Transfer-Encoding: gzip, chunked\r\n", .unsupportedTransferEncoding, 501),
        ("Transfer-Encoding: identity\r\n", .unsupportedTransferEncoding, 501),
        (
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            .unsupportedTransferEncoding, 501
        ),
    ])
    func `what two servers could read in two ways is refused`(
        fields: String, error: HTTP1Error, status: Int
    ) {
        #expect(firstError("POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\nabc") == error)
        #expect(error.status == status)
    }

    @Test(arguments: [
        "x\r\n", "\r\n", "-1\r\n", "3 x\r\nabc\r\n", "3\r\nabcd\r\n", "3\nabc", "3\r\nabc\n",
        "1000000000000000\r\n", "0\rx",
    ])
    func `a malformed chunk is refused`(body: String) {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(firstError(head + body) == .malformedChunk)
    }

    @Test func `chunked coding in HTTP 1.0 is refused`() {
        #expect(
            firstError("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n")
                == .conflictingLength)
    }

    @Test func `a head may have its limit of bytes and not one more`() throws {
        let rest = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n"
        let filler = String(repeating: "x", count: 16384 - rest.utf8.count)
        let fits = rest.replacing("X: ", with: "X: " + filler)
        #expect(try parseRequests(fits).count == 1)
        let tooLong = rest.replacing("X: ", with: "X: x" + filler)
        #expect(firstError(tooLong) == .headTooLarge(limit: 16384))
        #expect(HTTP1Error.headTooLarge(limit: 1).status == 431)
        let endless = "GET /" + String(repeating: "x", count: 16380)
        #expect(firstError(endless) == .headTooLarge(limit: 16384))
    }

    @Test func `a head may have its limit of fields and not one more`() throws {
        let fields = String(repeating: "X: y\r\n", count: 99)
        #expect(try parseRequests("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n").count == 1)
        #expect(
            firstError("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\(fields)\r\n")
                == .tooManyHeaders(limit: 100))
        #expect(HTTP1Error.tooManyHeaders(limit: 100).status == 431)
    }

    @Test func `a body may have its limit of bytes and not one more`() throws {
        let limits = HTTP1Limits(bodyBytesMax: 5)
        let head = "POST / HTTP/1.1\r\nHost: a\r\n"
        #expect(
            try parseRequests(head + "Content-Length: 5\r\n\r\n12345", limits: limits).count == 1)
        #expect(
            firstError(head + "Content-Length: 6\r\n\r\n", limits: limits)
                == .bodyTooLarge(limit: 5))
        let chunked = head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
        #expect(try parseRequests(chunked + "2\r\nde\r\n0\r\n\r\n", limits: limits).count == 1)
        #expect(firstError(chunked + "3\r\n", limits: limits) == .bodyTooLarge(limit: 5))
    }

    @Test func `an error stays`() {
        var parser = HTTP1RequestParser()
        Array("GET\r\n\r\n".utf8).withRawSpan { parser.append($0) }
        #expect(throws: HTTP1Error.malformedRequestLine) { try parser.next() }
        Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8).withRawSpan { parser.append($0) }
        #expect(throws: HTTP1Error.malformedRequestLine) { try parser.next() }
    }

    @Test func `bytes after an upgrade are handed over`() throws {
        var parser = HTTP1RequestParser()
        #expect(parser.isIdle == true)
        let text = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\nframes"
        Array(text.utf8).withRawSpan { parser.append($0) }
        #expect(try parser.next() != nil)
        #expect(parser.isIdle == false)
        #expect(parser.takeRemainder() == Array("frames".utf8))
        #expect(parser.isIdle == true)
    }

    @Test func `a client that waits for 100 is noticed once`() throws {
        var parser = HTTP1RequestParser()
        let head = "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        Array(head.utf8).withRawSpan { parser.append($0) }
        #expect(try parser.next() == nil)
        #expect(parser.takeContinue() == true)
        #expect(parser.takeContinue() == false)
        Array("ok".utf8).withRawSpan { parser.append($0) }
        #expect(try parser.next()?.body == Array("ok".utf8))
        #expect(parser.takeContinue() == false)
    }
}
