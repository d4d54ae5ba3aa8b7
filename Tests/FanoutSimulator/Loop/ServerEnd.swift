import Base
import GRPC
import HTTP2

/// The gateway's shell of one connection over a simulated socket: it carries bytes between the link
/// and the machine as `GatewayConnection` and `ByteStream` do, and decides nothing.
final class ServerEnd {
    enum Phase { case open, closingAfterFlush(since: Instant), closed }

    let number: Int
    let link: Link
    let machine: RPCServerConnection
    private let output: OutputBuffer
    private let loop: ServerLoop
    private(set) var phase = Phase.open
    private(set) var isBlocked = false
    private var goesOn = false
    /// Bytes that leave together with those of others, and how many of them the pipe took.
    private var queued: UnsafeRawBufferPointer?
    private var queuedTaken = 0
    /// Limits that the client reached.
    private(set) var reached: [RPCLimit] = []
    /// Bytes held at most, of all moments at which somebody looked.
    private(set) var heldMost = 0

    init(number: Int, link: Link, loop: ServerLoop) {
        self.number = number
        self.link = link
        self.loop = loop
        output = OutputBuffer(turn: loop.outputTurn)
        machine = RPCServerConnection(
            router: loop.router, output: output, http2Limits: loop.plan.http2,
            limits: loop.plan.rpc
        ) { _ in PlainResponse(status: 404, text: "") }
        output.setFlusher(self)
        loop.outputTurn.list(output)
        machine.awaitsOutput = { [weak self] in self?.waitForOutput() }
        machine.limitReached = { [weak self] in self?.noteLimit($0) }
    }

    /// The output may live longer, on the turn's list.
    deinit { output.setFlusher(nil) }

    private func waitForOutput() {
        goesOn = true
        link.hasWaited = true
    }

    private func noteLimit(_ limit: RPCLimit) {
        reached.append(limit)
        loop.world.tally.limits += 1
        loop.world.trace.note("server \(number): limit \(limit.name)")
    }

    var isClosed: Bool { if case .closed = phase { true } else { false } }
    var isOpen: Bool { if case .open = phase { true } else { false } }

    /// What its socket and its timer have for this turn.
    func takeInputs() -> [() -> Void] {
        var inputs: [() -> Void] = []
        let now = loop.clock.instant
        switch phase {
        case .closed: return []
        case .closingAfterFlush(let since):
            let isOver = output.isEmpty || now - since > .seconds(5) || link.up.hasEnded
            inputs.append { [self] in if isOver { close() } }
        case .open:
            if link.up.count > 0 {
                inputs.append { [self] in receive() }
            } else if link.up.hasEnded {
                inputs.append { [self] in close() }
            }
            if goesOn, !isBlocked {
                goesOn = false
                inputs.append { [self] in if !isBlocked { outputDrained() } }
            }
            if let next = machine.nextTick, next <= now {
                inputs.append { [self] in tick() }
            }
        }
        if isBlocked, link.down.room > 0 || link.down.hasEnded {
            inputs.append { [self] in becameWritable() }
        }
        return inputs
    }

    // MARK: As the gateway's connection does

    private func receive() {
        let most = loop.world.isQuiet ? 8192 : loop.world.dice.spread(1...8192)
        guard isOpen, let piece = link.up.read(limit: most) else { return }
        machine.outputBlocked = isBlocked
        piece.bytes.withRawSpan { machine.received($0, now: loop.clock.instant) }
        afterWork()
    }

    private func tick() {
        guard isOpen else { return }
        machine.outputBlocked = isBlocked
        _ = machine.tick(now: loop.clock.instant)
        afterWork()
    }

    private func outputDrained() {
        guard isOpen else { return }
        machine.outputDrained()
        afterWork()
    }

    func drain(within limit: Duration) {
        guard isOpen else { return }
        loop.world.tally.drains += 1
        machine.beginDrain(now: loop.clock.instant, within: limit)
        afterWork()
    }

    private func afterWork() {
        if !isBlocked { loop.outputTurn.list(output) }
        if machine.isFinished {
            let isBroken = machine.failure != nil
            if machine.isAbandoned || isBroken && isBlocked { return close() }
            phase = .closingAfterFlush(since: loop.clock.instant)
            return machine.connectionLost()
        }
        look()
        if machine.heldBytes > loop.plan.connectionBytesMax {
            machine.outputBlocked = isBlocked
            machine.shed(.memory)
            afterWork()
        }
    }

    func close() {
        guard !isClosed else { return }
        loop.world.trace.note("server \(number): closed, \(output.count) bytes unsent")
        let wasOpen = isOpen
        phase = .closed
        link.isClosedByServer = true
        link.down.end()
        link.up.cut(keeping: 0)
        if wasOpen { machine.connectionLost() }
    }

    // MARK: As the socket does

    /// At the end of a turn: one send.
    func flush() {
        guard !isBlocked, !isClosed else { return }
        send()
    }

    /// The same in three steps, of which every end on the turn's list takes the first before one
    /// takes the second: the bytes stay where they are until the third.
    func queue() {
        guard !isBlocked, !isClosed, !output.isEmpty else { return }
        if output.owesLargeFrames { return send() }
        output.withBytes { queued = $0 }
    }

    func submit() {
        guard let queued else { return }
        queuedTaken = write(RawSpan(_unsafeBytes: queued))
    }

    func conclude() {
        if queued == nil { return }
        queued = nil
        taken(queuedTaken)
    }

    private func send() {
        if output.isEmpty { return }
        if output.owesLargeFrames {
            let bytes = output.withPieces { pieces in
                pieces.flatMap { UnsafeRawBufferPointer(start: $0.start, count: $0.count) }
            }
            taken(bytes.withRawSpan { write($0) })
        } else {
            taken(output.withSpan { write($0) })
        }
    }

    private func write(_ bytes: RawSpan) -> Int {
        let dice = loop.world.dice
        let limit = link.isSmooth || dice.chance(0.7) ? Int.max : dice.spread(1...65536)
        return link.down.write(bytes, limit: limit, at: loop.clock.instant)
    }

    private func taken(_ size: Int) {
        output.consume(size)
        isBlocked = !output.isEmpty
        if isBlocked { link.hasWaited = true }
    }

    private func becameWritable() {
        guard isBlocked, !isClosed else { return }
        if link.down.hasEnded { return close() }
        send()
        if !isBlocked { outputDrained() }
    }

    // MARK: What must hold

    /// The output's limit is looked at before a frame is added; control frames are not held back.
    private static let slack = 16_384 + 9 + 8192

    /// With less of the connection's window left, something larger may have been refused.
    private static let surelyOpen = 32_768

    func look() {
        guard isOpen else { return }
        if link.isSmooth, !link.hasWaited, machine.report.sendWindow < Self.surelyOpen {
            link.hasWaited = true
        }
        let (limits, held) = (loop.plan.http2, machine.heldBytes)
        heldMost = max(heldMost, held)
        loop.world.judge.require(
            output.count <= limits.outputBytesMax + Self.slack, .bound,
            "the output of server \(number) holds \(output.count) bytes, limit "
                + "\(limits.outputBytesMax)")
        let bound = limits.outputBytesMax + Self.slack + limits.queuedBytesMax
        loop.world.judge.require(
            held <= bound, .bound, "server \(number) holds \(held) bytes, bound \(bound)")
    }

    var messagesSent: Int { machine.messagesSent }
}
