internal import Base
internal import HTTP1
internal import Runtime

/// Plain HTTP/1.1 on a client connection: `/healthz`, `/metrics`, and clear refusals.
final class HTTP1Session {
    private let pages: PlainPages
    private let output: OutputBuffer
    /// The pages need no body; a client that sends one is not kept waiting for its end.
    private var parser = HTTP1RequestParser(limits: HTTP1Limits(bodyBytesMax: 4096))
    /// Close the connection once the output has left.
    private(set) var isFinished = false
    /// What the client sent was no HTTP.
    private(set) var isBroken = false
    /// Pipelined requests may wait for room in the output: read nothing until `outputDrained`.
    private(set) var isHeldUp = false

    /// Answers waiting in the output before further requests are left unanswered.
    static let outputBytesMax = 65536

    init(pages: PlainPages, output: OutputBuffer) {
        self.pages = pages
        self.output = output
    }

    func received(_ bytes: RawSpan) {
        guard !isFinished else { return }
        parser.append(bytes)
        answerAll()
    }

    /// The output has left.
    func outputDrained() {
        isHeldUp = false
        answerAll()
    }

    private func answerAll() {
        do throws(HTTP1Error) {
            while !isFinished {
                isHeldUp = output.count >= Self.outputBytesMax
                guard !isHeldUp, let request = try parser.next() else { return }
                answer(request)
            }
        } catch {
            // What is no HTTP at all, such as a broken preface of HTTP/2, gets no HTTP in return.
            if error != .malformedRequestLine {
                HTTP1Response(refusing: error).append(to: output, keepAlive: false)
            }
            (isFinished, isBroken) = (true, true)
        }
    }

    private func answer(_ request: HTTP1Request) {
        let page = pages.page(method: request.method, path: request.path)
        var response = HTTP1Response(status: page.status, body: page.body)
        response.headers.append("Content-Type", page.contentType)
        response.append(
            to: output, keepAlive: request.keepAlive, date: Clock.timestamp(),
            withoutBody: request.method == "HEAD")
        isFinished = !request.keepAlive
    }
}
