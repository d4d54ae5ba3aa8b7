import Base
import Runtime
import Testing

@Suite(.timeLimit(.minutes(1))) struct HTTPClientTests {
    /// A server that gives the same bytes to every request, and remembers the last one.
    private func serve(
        _ loop: EventLoop, _ response: String, body: [UInt8] = []
    ) async throws -> String {
        let endpoint = try await loop.listen { _ in
            let peer = Peer()
            var request = ""
            peer.onReceived = { bytes, stream in
                request += String(decoding: bytes, as: UTF8.self)
                guard request.hasSuffix("\r\n\r\n") else { return }
                stream.output.append(
                    Array(response.replacing("REQUEST", with: request.prefix { $0 != "\r\n" }).utf8)
                )
                stream.output.append(body)
                stream.flushAtEndOfTurn()
                request = ""
            }
            return peer
        }
        return "http://\(endpoint)"
    }

    private func get(
        _ loop: EventLoop, _ url: String, headers: [(String, String)] = [],
        timeout: Duration = .seconds(10), bodyBytesMax: Int = 1_000_000
    ) async throws -> Result<HTTPResponse, HTTPClientError> {
        let promise = Promise<Result<HTTPResponse, HTTPClientError>>()
        loop.execute {
            let client = HTTPClient(loop: loop)
            var isInside = true
            client.get(url, headers: headers, timeout: timeout, bodyBytesMax: bodyBytesMax) {
                #expect(!isInside, "answered from within get")
                loop.preconditionInLoop()
                promise.keep($0)
                // The client lives until its answer is there.
                withExtendedLifetime(client) {}
            }
            isInside = false
        }
        return await promise.value
    }

    @Test func `a response comes with status, headers in lower case and body`() async throws {
        try await withLoop { loop in
            let url = try await serve(
                loop,
                "HTTP/1.1 200 OK\r\nX-Weight:  17 \r\nEmpty:\r\nContent-Length: 26\r\n\r\n"
                    + "[REQUEST]")
            let response = try await get(loop, "\(url)/api?limit=5").get()
            #expect(response.status == 200)
            #expect(response.header("x-weight") == "17")
            #expect(response.header("empty") == "")
            #expect(response.header("absent") == nil)
            #expect(String(decoding: response.body, as: UTF8.self) == "[GET /api?limit=5 HTTP/1.1")
        }
    }

    @Test func `a refusal is a response, and tells when to come back`() async throws {
        try await withLoop { loop in
            let url = try await serve(
                loop,
                "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n")
            let response = try await get(loop, url).get()
            #expect(response.status == 429)
            #expect(response.header("retry-after") == "7")
            #expect(response.body.isEmpty)
        }
    }

    @Test func `a redirect is not followed`() async throws {
        try await withLoop { loop in
            let url = try await serve(
                loop, "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n")
            #expect(try await get(loop, url).get().status == 302)
        }
    }

    @Test func `a server that does not answer is given up after the timeout`() async throws {
        try await withLoop { loop in
            let url = try await serve(loop, "")
            let outcome = try await get(loop, "\(url)/x?key=secret", timeout: .milliseconds(50))
            guard case .failure(let error) = outcome else {
                Issue.record("there was an answer")
                return
            }
            #expect(error == .timedOut(url: "\(url)/x", limit: .milliseconds(50)))
        }
    }

    @Test(arguments: [true, false])
    func `a body at the limit is taken, one byte more is refused`(_ isAllowed: Bool) async throws {
        try await withLoop { loop in
            let url = try await serve(
                loop, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789")
            let limit = isAllowed ? 10 : 9
            switch try await get(loop, url, bodyBytesMax: limit) {
            case .success(let response):
                #expect(isAllowed)
                #expect(response.body.count == 10)
            case .failure(let error):
                #expect(!isAllowed)
                #expect(error == .bodyTooLarge(url: url, bytesMax: 9))
            }
        }
    }

    @Test(arguments: [true, false])
    func `a compressed body is decompressed, and the limit counts what comes out`(
        _ isAllowed: Bool
    ) async throws {
        // gzip of "hello".
        let body: [UInt8] = [
            31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 203, 72, 205, 201, 201, 7, 0, 134, 166, 16, 54, 5, 0,
            0, 0,
        ]
        try await withLoop { loop in
            let url = try await serve(
                loop,
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
                    + "Content-Length: \(body.count)\r\n\r\n", body: body)
            switch try await get(loop, url, bodyBytesMax: isAllowed ? 5 : 4) {
            case .success(let response):
                #expect(isAllowed)
                #expect(response.body == Array("hello".utf8))
            case .failure(let error):
                #expect(!isAllowed)
                #expect(error == .bodyTooLarge(url: url, bytesMax: 4))
            }
        }
    }

    @Test(arguments: ["ftp://127.0.0.1/", "file:///etc/passwd", "nonsense://", ""])
    func `only http and https are spoken`(_ url: String) async throws {
        try await withLoop { loop in
            guard case .failure(.failed) = try await get(loop, url) else {
                Issue.record("\(url) was fetched")
                return
            }
        }
    }

    @Test func `a header with a line break is refused`() async throws {
        try await withLoop { loop in
            let outcome = try await get(
                loop, "http://127.0.0.1:1", headers: [("x-key", "a\r\nx-admin: 1")])
            guard case .failure(.badHeader(_, name: "x-key")) = outcome else {
                Issue.record("it was sent")
                return
            }
        }
    }

    @Test func `a refused connection says why`() async throws {
        try await withLoop { loop in
            let refusing = RefusingPort()
            let port = refusing.port
            let outcome = try await get(loop, "http://127.0.0.1:\(port)/")
            withExtendedLifetime(refusing) {}
            guard case .failure(let error) = outcome else {
                Issue.record("there was an answer")
                return
            }
            #expect("\(error)" == "GET http://127.0.0.1:\(port)/: Couldn't connect to server")
        }
    }

    @Test func `a cancelled request is not answered, its neighbours are`() async throws {
        try await withLoop { loop in
            let url = try await serve(loop, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            let answered = Promise<[Int]>()
            loop.execute {
                let client = HTTPClient(loop: loop)
                var answers: [Int] = []
                var ids: [RequestID] = []
                for number in 0..<40 {
                    ids.append(
                        client.get(url, timeout: .seconds(10), bodyBytesMax: 0) { outcome in
                            if case .success = outcome { answers.append(number) }
                            // The last one is cancelled by the first that is answered.
                            if answers.count == 1 { client.cancel(ids[39]) }
                            if answers.count == 38 { answered.keep(answers.sorted()) }
                        })
                }
                client.cancel(ids[5])
                client.cancel(ids[5])
            }
            #expect(await answered.value == (0..<39).filter { $0 != 5 })
        }
    }
}
