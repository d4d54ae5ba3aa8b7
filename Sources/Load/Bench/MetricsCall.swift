internal import Base
internal import Runtime

/// GET /metrics over HTTP/1.1 on a connection of its own, which may be the same TLS that the load
/// goes over. Its timer owns it until it has ended.
final class MetricsCall: ByteStreamDelegate {
    /// More than a gateway with many loops and venues tells.
    private static let bytesMax = 4 << 20
    private static let limit = Duration.seconds(5)

    private let loop: EventLoop
    private var answer: [UInt8] = []
    private var stream: ByteStream?
    private var timer: TimerID?
    private var done: ((String?) -> Void)?

    /// - Parameter done: called once, on the loop; nil: there are no metrics to be read.
    init(to target: LoadTarget, on loop: EventLoop, done: @escaping (String?) -> Void) {
        (self.loop, self.done) = (loop, done)
        var endpoint = target.endpoint
        endpoint.tls?.applicationProtocols = ["http/1.1"]
        let stream = ByteStream.connect(
            to: endpoint, on: loop, timeout: Self.limit, delegate: self)
        let head =
            "GET /metrics HTTP/1.1\r\nHost: \(target.authority)\r\nConnection: close\r\n\r\n"
        stream.output.append(Array(head.utf8))
        stream.flushAtEndOfTurn()
        self.stream = stream
        timer = loop.schedule(after: Self.limit) { self.finish(nil) }
    }

    /// The body of an answer with status 200; nil: it is none, or not whole.
    static func body(of answer: [UInt8]) -> String? {
        let text = String(decoding: answer, as: UTF8.self)
        guard text.hasPrefix("HTTP/1.1 200 "),
            let end = text.unicodeScalars.indices.first(where: {
                text.unicodeScalars[$0...].starts(with: "\r\n\r\n".unicodeScalars)
            })
        else { return nil }
        let head = String(text.unicodeScalars[..<end])
        let body = String(text.unicodeScalars[end...].dropFirst(4))
        for line in head.split(separator: "\r\n") {
            let pair = line.split(separator: ":", maxSplits: 1)
            guard pair.count == 2, pair[0].lowercased() == "content-length" else { continue }
            guard let length = Int(pair[1].drop { $0 == " " }), body.utf8.count >= length else {
                return nil
            }
        }
        return body
    }

    // MARK: ByteStreamDelegate

    func becameWritable(_ stream: ByteStream) {}

    func received(_ bytes: RawSpan, on stream: ByteStream) {
        answer.append(contentsOf: bytes.copyBytes())
        if answer.count > Self.bytesMax {
            finish(nil)
        }
    }

    func closed(_ stream: ByteStream, _ reason: SystemError?) { finish(Self.body(of: answer)) }

    private func finish(_ body: String?) {
        guard let done else { return }
        self.done = nil
        if let timer { loop.cancel(timer) }
        timer = nil
        stream?.delegate = nil
        stream?.close()
        stream = nil
        done(body)
    }
}
