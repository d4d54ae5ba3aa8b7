internal import Base
internal import HTTP1
package import Runtime
internal import WebSocket

/// What a socket tells its feed. All calls come on the loop.
protocol FeedSocketOwner: AnyObject {
    func opened(_ socket: FeedSocket)
    func receivedBytes(on socket: FeedSocket)
    func receivedText(_ text: RawSpan, on socket: FeedSocket)
    func receivedBinary(on socket: FeedSocket)
    func receivedPing(_ payload: RawSpan, on socket: FeedSocket)
    /// The last call, unless the feed gave the socket up itself.
    func closed(_ socket: FeedSocket, _ reason: String)
}

/// A WebSocket client on the feed's loop: TCP or TLS, the handshake, frames. Confined to the loop.
///
/// Sends from inside of a delivery wait until the machine has returned.
package final class FeedSocket: ByteStreamDelegate {
    let number: Int
    private unowned let owner: any FeedSocketOwner
    private var stream: ByteStream?
    private let key: String
    private var handshake: HTTP1ResponseParser?
    private var machine: WebSocketMachine
    private var isReceiving = false
    private var isOver = false
    private var waiting: [(WebSocketOpcode, [UInt8])] = []
    private var closeCode: UInt16?
    private let serial: Int
    private var messagesSent = 0
    private var messagesReceived = 0

    init(
        number: Int, serial: Int, address: FeedAddress, path: String, limits: BinanceLimits,
        on loop: EventLoop,
        owner: any FeedSocketOwner
    ) {
        self.number = number
        self.serial = serial
        self.owner = owner
        var random = SystemRandomNumberGenerator()
        key = WebSocketHandshake.key(using: &random)
        machine = WebSocketMachine(
            role: .client, limits: WebSocketLimits(messageBytesMax: limits.messageBytesMax),
            maskSeed: random.next(), answersPings: false)
        handshake = HTTP1ResponseParser()
        let stream = ByteStream.connect(
            to: address.endpoint, on: loop, timeout: limits.connectTimeout, delegate: self)
        self.stream = stream
        stream.output.append(
            WebSocketHandshake.requestBytes(
                host: address.host, path: address.path + path, key: key))
        stream.flushAtEndOfTurn()
    }

    /// Nil once the connection is gone.
    var report: FeedSocketReport? {
        guard let stream else { return nil }
        return FeedSocketReport(
            serial: serial, local: stream.localAddress, remote: stream.peer,
            messagesSent: messagesSent, messagesReceived: messagesReceived,
            lastSent: messagesSent == 0 ? nil : stream.lastSent,
            lastReceived: messagesReceived == 0 ? nil : stream.lastReceived)
    }

    // MARK: Verbs

    func sendText(_ text: [UInt8]) { send(.text, text) }

    func sendPong(_ payload: [UInt8]) { send(.pong, payload) }

    /// Leaves what comes in the kernel.
    func pauseReading() { stream?.pauseReading() }

    func resumeReading() { stream?.resumeReading() }

    /// Says goodbye; the owner hears nothing more.
    func giveUp(code: UInt16) {
        isOver = true
        closeCode = code
        if !isReceiving { finish() }
    }

    private func send(_ opcode: WebSocketOpcode, _ payload: [UInt8]) {
        waiting.append((opcode, payload))
        if !isReceiving { sendWaiting() }
    }

    private func sendWaiting() {
        guard let stream, handshake == nil else { return }
        for (opcode, payload) in waiting {
            _ = payload.withRawSpan { machine.send(opcode, $0, to: stream.output) }
            if opcode == .text { messagesSent += 1 }
        }
        waiting.removeAll(keepingCapacity: true)
        stream.flushAtEndOfTurn()
    }

    private func finish() {
        guard let stream else { return }
        if handshake == nil, !machine.isClosed, let closeCode {
            machine.close(code: closeCode, to: stream.output)
        }
        self.stream = nil
        stream.closeAfterFlush()
    }

    /// The connection is of no more use, for a reason the owner does not know yet.
    private func fail(_ reason: String) {
        if !isOver {
            isOver = true
            owner.closed(self, reason)
        }
        finish()
    }

    // MARK: The stream's calls

    package func received(_ bytes: RawSpan, on stream: ByteStream) {
        guard !isOver else { return }
        owner.receivedBytes(on: self)
        if handshake == nil { return receive(bytes) }
        handshake?.append(bytes)
        do {
            guard let response = try handshake?.next() else { return }
            try WebSocketHandshake.validate(response, key: key)
        } catch {
            return fail("handshake: \(error)")
        }
        let remainder = handshake?.takeRemainder() ?? []
        handshake = nil
        owner.opened(self)
        sendWaiting()
        if !remainder.isEmpty { remainder.withRawSpan { receive($0) } }
    }

    private func receive(_ bytes: RawSpan) {
        guard let stream else { return }
        isReceiving = true
        var failure: String?
        do throws(WebSocketError) {
            try machine.receive(bytes, answers: stream.output) { event, payload in
                if isOver { return }
                switch event {
                case .text:
                    messagesReceived &+= 1
                    owner.receivedText(payload, on: self)
                case .ping: owner.receivedPing(payload, on: self)
                case .binary: owner.receivedBinary(on: self)
                case .pong: break
                case .close(let code): failure = "closed by the venue with \(code ?? 1005)"
                }
            }
        } catch {
            failure = "\(error), closed with \(error.closeCode)"
        }
        isReceiving = false
        if let failure { return fail(failure) }
        if isOver { return finish() }
        if !waiting.isEmpty { sendWaiting() }
    }

    package func becameWritable(_ stream: ByteStream) {}

    package func closed(_ stream: ByteStream, _ reason: SystemError?) {
        self.stream = nil
        guard !isOver else { return }
        isOver = true
        owner.closed(self, reason?.description ?? "end of connection")
    }
}
