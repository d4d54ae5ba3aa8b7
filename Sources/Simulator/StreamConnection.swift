internal import Base
internal import Runtime
internal import WebSocket

/// The WebSocket side of a connection: control messages in, tape out, pings and limits between.
final class StreamConnection {
    let host: VenueHost
    private let stream: ByteStream
    private let reader: TapeReader
    private var machine = WebSocketMachine(
        role: .server, limits: WebSocketLimits(messageBytesMax: 1 << 20))
    private var session: StreamSession
    private var rules: ConnectionRules
    private var timer: TimerID?
    private var hasEnded = false
    private weak var owner: SimulatorConnection?

    /// Output a venue would not hold for a slow reader: it is cut off. Only timed speeds get here.
    private static let outputBytesMax = 64 << 20

    init(_ stream: ByteStream, host: VenueHost, url: StreamURL) {
        self.stream = stream
        self.host = host
        session = StreamSession(url)
        rules = ConnectionRules(now: Clock.now(), limitsMessages: host.hasLimits)
        // Where readers set the pace, what the kernel holds is tape that nobody has read.
        if !host.hasLimits { stream.limitSendBuffer(to: Int32(TapeReader.budgetBytes)) }
        reader = host.makeReader(isCombined: url.isCombined, stream: stream)
    }

    func begin(_ owner: SimulatorConnection) {
        self.owner = owner
        host.add(owner, reader)
        if session.hasTooManyStreams {
            return close(code: 1008, reason: "at most \(StreamSession.streamsMax) streams")
        }
        subscribe(session.streams)
        watchRules()
    }

    func received(_ bytes: RawSpan) {
        if hasEnded { return }
        do throws(WebSocketError) {
            try machine.receive(bytes, answers: stream.output) { event, payload in
                received(event, payload)
            }
        } catch {
            end()
            return stream.closeAfterFlush()
        }
        if hasEnded { return }
        stream.flushAtEndOfTurn()
        if machine.isClosed {
            end()
            stream.closeAfterFlush()
        }
    }

    private func received(_ event: WebSocketEvent, _ payload: RawSpan) {
        if hasEnded { return }
        switch event {
        case .close: return
        case .pong: rules.receivedPong(payload.text())
        case .ping, .text, .binary: break
        }
        if rules.receivedMessage(time: host.limitTime(now: Clock.now())) == .disconnect {
            end()
            WebSocketFrame.appendClose(
                code: 1008, reason: "Too many requests", to: stream.output)
            return stream.closeAfterFlush()
        }
        guard event == .text || event == .binary else { return }
        let reply = session.received(payload)
        reader.isCombined = session.isCombined
        WebSocketFrame.appendText(reply.text, to: stream.output)
        host.player.unsubscribe(reader, from: reply.unsubscribed)
        subscribe(reply.subscribed)
    }

    private func subscribe(_ names: [String]) {
        guard !names.isEmpty else { return }
        if host.player.subscribe(reader, to: names, now: Clock.now()) { host.continueSoon() }
    }

    /// The player has written, or a fault ended the connection.
    func readerAdvanced() {
        if hasEnded { return }
        switch reader.ending {
        case nil:
            if reader.output.count > StreamConnection.outputBytesMax {
                end()
                stream.close()
            } else if !reader.output.isEmpty {
                stream.flushAtEndOfTurn()
            }
        case .abruptly:
            end()
            stream.close()
        case .withCloseFrame: close(code: 1001, reason: "going away")
        }
    }

    func goAway() { close(code: 1001, reason: "the simulator stops") }

    /// Out of the player's books; the socket is the caller's.
    func end() {
        if hasEnded { return }
        hasEnded = true
        if let timer { stream.loop.cancel(timer) }
        timer = nil
        if let owner { host.remove(owner, reader) }
    }

    private func close(code: UInt16, reason: String) {
        if hasEnded { return }
        end()
        WebSocketFrame.appendClose(code: code, reason: reason, to: stream.output)
        stream.closeAfterFlush()
    }

    private func watchRules() {
        if hasEnded { return }
        let delay = rules.nextInstant - Clock.now()
        timer = stream.loop.schedule(after: max(delay, .milliseconds(1))) { [weak self] in
            self?.rulesDue()
        }
    }

    private func rulesDue() {
        switch rules.timePassed(now: Clock.now()) {
        case .fine: break
        case .disconnect:
            end()
            return stream.close()
        case .sendPing(let payload):
            Array(payload.utf8).withRawSpan { WebSocketFrame.appendPing($0, to: stream.output) }
            stream.flushAtEndOfTurn()
        }
        watchRules()
    }
}
