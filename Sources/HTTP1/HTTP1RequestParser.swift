/// The server's half of HTTP/1.1 (RFC 9112): bytes in, requests out.
///
///     append(bytes)  then  while let request = try next() { answer }
///
/// Pipelined requests come out one by one. After a request that changes the protocol,
/// `takeRemainder()` gives the bytes that followed it. After an error every `next()` throws it
/// again: answer with `HTTP1Response(refusing:)` and close. The caller bounds pipelining by not
/// reading while it has requests to answer; the parser holds one message within its limits.
package struct HTTP1RequestParser: ~Copyable {
    private enum State {
        case head
        case body(HTTP1Request, HTTP1Framer.BodyLength)
        case failed(HTTP1Error)
    }

    private var framer: HTTP1Framer
    private var state = State.head
    /// The client waits for `100 Continue` before it sends the body of the request under way.
    private var continueIsDue = false

    package init(limits: HTTP1Limits = HTTP1Limits()) { framer = HTTP1Framer(limits: limits) }

    package var summary: String {
        let name =
            switch state {
            case .head: "head"
            case .body: "body"
            case .failed(let error): "failed(\(error))"
            }
        return "\(name), \(framer.unconsumedCount) bytes"
    }

    /// True between requests: no byte of another one has come.
    package var isIdle: Bool {
        if case .head = state { framer.unconsumedCount == 0 } else { false }
    }

    package mutating func append(_ bytes: RawSpan) {
        if case .failed = state { return }
        framer.append(bytes)
    }

    /// The next whole request, or nil until more bytes have come.
    package mutating func next() throws(HTTP1Error) -> HTTP1Request? {
        do throws(HTTP1Error) {
            return try advance()
        } catch {
            state = .failed(error)
            throw error
        }
    }

    /// True once for a request whose body is held back until `HTTP/1.1 100 Continue` was sent.
    package mutating func takeContinue() -> Bool {
        defer { continueIsDue = false }
        return continueIsDue
    }

    /// The bytes after the last request, when the connection now speaks something else.
    package mutating func takeRemainder() -> [UInt8] { framer.takeRemainder() }

    private mutating func advance() throws(HTTP1Error) -> HTTP1Request? {
        switch state {
        case .failed(let error):
            throw error
        case .head:
            guard let bytes = try framer.takeHead() else { return nil }
            let head = try HTTP1Head(bytes, limits: framer.limits)
            let request = try Self.request(head)
            let length = try head.bodyLength(minorVersion: request.minorVersion)
            state = .body(request, length ?? .fixed(0))
            continueIsDue =
                length != nil && framer.unconsumedCount == 0
                && head.headers.list("expect", contains: "100-continue")
            return try advance()
        case .body(var request, let length):
            guard let body = try framer.takeBody(length) else { return nil }
            request.body = body
            state = .head
            continueIsDue = false
            return request
        }
    }

    private static func request(_ head: HTTP1Head) throws(HTTP1Error) -> HTTP1Request {
        let words = head.startLine.split(separator: 0x20, omittingEmptySubsequences: false)
        guard words.count == 3, !words[0].isEmpty, words[0].allSatisfy(\.isTokenCharacter),
            !words[1].isEmpty, words[1].allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
            let version = HTTP1Head.minorVersion(words[2])
        else { throw .malformedRequestLine }
        let request = HTTP1Request(
            method: String(decoding: words[0], as: UTF8.self),
            target: String(decoding: words[1], as: UTF8.self),
            minorVersion: try version.get(), headers: head.headers)
        let hosts = head.headers.values("host").count
        if hosts > 1 { throw .repeatedHost }
        if hosts == 0 && request.minorVersion > 0 { throw .missingHost }
        return request
    }
}
