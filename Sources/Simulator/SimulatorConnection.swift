internal import Base
internal import HTTP1
internal import Runtime
internal import WebSocket

/// One accepted connection: HTTP/1.1 first, a WebSocket after an upgrade. Confined to the loop.
final class SimulatorConnection: ByteStreamDelegate {
    private let stream: ByteStream
    /// Nil once the simulator has stopped; the loop may end this connection later.
    private weak var server: SimulatorServer?
    private var parser = HTTP1RequestParser(
        // A URL may name 1,024 streams.
        limits: HTTP1Limits(headBytesMax: 64 << 10))
    /// A late answer is under way; the requests behind it wait.
    private var isAnswering = false
    private var streams: StreamConnection?
    /// Closed without traffic after this long, so that forgotten sockets do not add up.
    private static let idleMax = Duration.seconds(120)

    init(_ stream: ByteStream, server: SimulatorServer) {
        self.stream = stream
        self.server = server
        stream.delegate = self
        stream.closeWhenIdle(for: SimulatorConnection.idleMax)
    }

    func received(_ bytes: RawSpan, on stream: ByteStream) {
        if let streams { return streams.received(bytes) }
        parser.append(bytes)
        answerRequests()
    }

    func becameWritable(_ stream: ByteStream) { streams?.host.continueSoon() }

    func closed(_ stream: ByteStream, _ reason: SystemError?) {
        streams?.end()
        streams = nil
        server?.closed(self)
    }

    var isBlocked: Bool { stream.isBlocked }

    /// The player has written to the reader's output, or ended it.
    func readerAdvanced() { streams?.readerAdvanced() }

    func stop() {
        if let streams { streams.goAway() } else { stream.close() }
    }

    private func answerRequests() {
        while !isAnswering, streams == nil {
            do throws(HTTP1Error) {
                guard let request = try parser.next() else { return }
                answer(request)
            } catch {
                HTTP1Response(refusing: error).append(to: stream.output, keepAlive: false)
                return stream.closeAfterFlush()
            }
        }
    }

    private func answer(_ request: HTTP1Request) {
        guard let server else { return stream.close() }
        guard let (host, path) = server.route(request.path) else {
            let allowed = server.prefixes.joined(separator: ", ")
            return send(
                HTTP1Response(
                    status: 404, contentType: "text/plain; charset=utf-8",
                    text: "no venue at \(request.path); here are: \(allowed)\n"), to: request)
        }
        if WebSocketHandshake.isRequested(by: request) { return upgrade(request, host, path) }
        guard request.method == "GET" || request.method == "HEAD" else {
            return send(
                HTTP1Response(
                    status: 405, contentType: "text/plain; charset=utf-8",
                    text: "only GET is answered here\n"), to: request)
        }
        let answer = host.rest.answer(
            path: path, query: request.queryItems, from: stream.peer.host,
            time: host.limitTime(now: Clock.now()), rate: host.rate, wall: Clock.timestamp())
        guard answer.delay > .zero else { return send(answer.response, to: request) }
        isAnswering = true
        _ = stream.loop.schedule(after: answer.delay) { [weak self] in
            guard let self, !self.stream.isClosed else { return }
            self.isAnswering = false
            self.send(answer.response, to: request)
            self.answerRequests()
        }
    }

    private func send(_ response: HTTP1Response, to request: HTTP1Request) {
        response.append(
            to: stream.output, keepAlive: request.keepAlive, date: Clock.timestamp(),
            withoutBody: request.method == "HEAD")
        if request.keepAlive { stream.flushAtEndOfTurn() } else { stream.closeAfterFlush() }
    }

    private func upgrade(_ request: HTTP1Request, _ host: VenueHost, _ path: String) {
        // The target, not the decoded path: stream names may hold escapes of their own.
        let query = request.target.drop { $0 != "?" }
        guard let url = StreamURL(target: path + query) else {
            return send(
                HTTP1Response(
                    status: 404, contentType: "text/plain; charset=utf-8",
                    text: "no streams at \(request.path); use /stream or /ws\n"), to: request)
        }
        do throws(WebSocketHandshakeError) {
            let response = try WebSocketHandshake.response(to: request)
            response.append(to: stream.output)
        } catch {
            return send(WebSocketHandshake.response(refusing: error), to: request)
        }
        stream.flushAtEndOfTurn()
        stream.closeWhenIdle(for: nil)
        let streams = StreamConnection(stream, host: host, url: url)
        self.streams = streams
        streams.begin(self)
        let rest = parser.takeRemainder()
        if !rest.isEmpty { rest.withRawSpan { streams.received($0) } }
    }
}
