/// The client's half of HTTP/1.1, as far as a handshake needs it: bytes in, responses out.
///
/// Interim responses (1xx) come out like others. A body without length ends with the connection:
/// call `peerClosed()`. Answers to HEAD are not understood. Errors are final, as on the other side.
package struct HTTP1ResponseParser: ~Copyable {
    private enum State {
        case head
        case body(HTTP1Response, HTTP1Framer.BodyLength)
        case failed(HTTP1Error)
    }

    private var framer: HTTP1Framer
    private var state = State.head
    private var ended = false

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

    package mutating func append(_ bytes: RawSpan) {
        if case .failed = state { return }
        framer.append(bytes)
    }

    /// No more bytes will come; `next()` may now give the response that had no length.
    package mutating func peerClosed() { ended = true }

    /// The next whole response, or nil until more bytes have come.
    package mutating func next() throws(HTTP1Error) -> HTTP1Response? {
        do throws(HTTP1Error) {
            return try advance()
        } catch {
            state = .failed(error)
            throw error
        }
    }

    /// The bytes after the last response: after a 101 they are the first frames.
    package mutating func takeRemainder() -> [UInt8] { framer.takeRemainder() }

    private mutating func advance() throws(HTTP1Error) -> HTTP1Response? {
        switch state {
        case .failed(let error):
            throw error
        case .head:
            guard let bytes = try framer.takeHead() else { return nil }
            let head = try HTTP1Head(bytes, limits: framer.limits)
            let (response, minorVersion) = try Self.response(head)
            let isBodiless = response.status < 200 || [204, 304].contains(response.status)
            let length: HTTP1Framer.BodyLength =
                isBodiless
                ? .fixed(0) : try head.bodyLength(minorVersion: minorVersion) ?? .untilClose
            state = .body(response, length)
            return try advance()
        case .body(var response, let length):
            guard let body = try framer.takeBody(length, ended: ended) else { return nil }
            response.body = body
            state = .head
            return response
        }
    }

    private static func response(
        _ head: HTTP1Head
    ) throws(HTTP1Error) -> (HTTP1Response, minorVersion: Int) {
        let words = head.startLine.split(
            separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count >= 2, let version = HTTP1Head.minorVersion(words[0]),
            words[1].count == 3, words[1].allSatisfy(\.isDigit),
            let status = Int(String(decoding: words[1], as: UTF8.self)),
            (100...599).contains(status)
        else { throw .malformedStatusLine }
        let reason = words.count == 3 ? String(decoding: words[2], as: UTF8.self) : ""
        return (
            HTTP1Response(status: status, reason: reason, headers: head.headers),
            try version.get()
        )
    }
}
