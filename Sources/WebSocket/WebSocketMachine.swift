package import Base

/// One end of a WebSocket after its handshake (RFC 6455): bytes in, messages out.
///
///     open ──close()──► closing ──peer's Close──► closed
///       └──────peer's Close, or an error──────────► closed
///
/// Answers closes by itself, and pings unless it is told that the owner does. A message that lies
/// in one unmasked frame within the bytes received is delivered without a copy or an allocation;
/// only a frame cut by the end of a read, and the fragments of a message, are kept: at most
/// `messageBytesMax` and a header of each.
package struct WebSocketMachine: ~Copyable {
    private enum State { case open, closing, closed }

    package let role: WebSocketRole
    package let limits: WebSocketLimits
    /// Whether pongs are sent without asking; off where the peer limits how much we may send.
    package let answersPings: Bool
    private var state = State.open
    /// The beginning of a frame whose rest has not come.
    private var partial: [UInt8] = []
    /// Bytes that `partial` needs before looking at it again is of use.
    private var wantedCount = 0
    /// Payload of the fragments so far, when `fragmented` says what they are.
    private var message: [UInt8] = []
    private var fragmented: WebSocketOpcode?
    /// Unmasked payload of one frame.
    private var plain: [UInt8] = []
    private var maskKeys: SeededRandom

    /// - Parameter maskSeed: where a client's masking keys come from; from the system's generator
    ///   in production, fixed in tests. A server needs none.
    package init(
        role: WebSocketRole, limits: WebSocketLimits = WebSocketLimits(), maskSeed: UInt64 = 0,
        answersPings: Bool = true
    ) {
        self.role = role
        self.limits = limits
        self.answersPings = answersPings
        maskKeys = SeededRandom(seed: maskSeed)
    }

    /// Both ends have said Close, or the connection failed: nothing is received or sent any more.
    package var isClosed: Bool { state == .closed }

    package var summary: String {
        "\(role) \(state), \(partial.count) bytes of a frame, \(message.count) of a message"
    }

    /// Takes bytes as they were read.
    ///
    /// `deliver` gets each event with its payload, in order, while this call lasts; it must not
    /// touch the machine (send from inside with `WebSocketFrame`, or after this returned).
    /// Pongs and the answer to a Close go to `output` before their event is delivered.
    /// - Throws: what the peer did wrong; the Close frame for it is in `output`, what came before
    ///   was delivered, and the machine is closed: flush and close the connection.
    package mutating func receive(
        _ bytes: RawSpan, answers output: OutputBuffer,
        _ deliver: (WebSocketEvent, RawSpan) -> Void
    ) throws(WebSocketError) {
        do throws(WebSocketError) {
            try take(bytes, output, deliver)
        } catch {
            if state == .open {
                WebSocketFrame.appendClose(
                    code: error.closeCode, maskKey: nextMaskKey(), to: output)
            }
            end()
            throw error
        }
    }

    /// Sends a message or a control frame; not while `receive` runs. False, and nothing is
    /// written, once we have said Close.
    @discardableResult
    package mutating func send(
        _ opcode: WebSocketOpcode, _ payload: RawSpan, to output: OutputBuffer
    ) -> Bool {
        precondition(opcode != .close && opcode != .continuation, "send(\(opcode))")
        guard state == .open else { return false }
        WebSocketFrame.append(opcode, payload, maskKey: nextMaskKey(), to: output)
        return true
    }

    @discardableResult
    package mutating func send(_ text: String, to output: OutputBuffer) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.withRawSpan { send(.text, $0, to: output) }
    }

    /// Begins the closing handshake; messages keep coming until the peer answers. Does nothing the
    /// second time.
    package mutating func close(code: UInt16 = 1000, reason: String = "", to output: OutputBuffer) {
        guard state == .open else { return }
        WebSocketFrame.appendClose(
            code: code, reason: reason, maskKey: nextMaskKey(), to: output)
        state = .closing
    }

    /// A key for a frame that a client writes with `WebSocketFrame`; nil for a server.
    package mutating func nextMaskKey() -> UInt32? {
        role == .client ? UInt32(truncatingIfNeeded: maskKeys.next()) : nil
    }

    private mutating func end() {
        state = .closed
        partial = []
        message = []
        plain = []
        fragmented = nil
    }

    private mutating func take(
        _ bytes: RawSpan, _ output: OutputBuffer, _ deliver: (WebSocketEvent, RawSpan) -> Void
    ) throws(WebSocketError) {
        var offset = 0
        if !partial.isEmpty {
            offset = try completePartial(bytes, output, deliver)
            if !partial.isEmpty { return }
        }
        while state != .closed && offset < bytes.byteCount {
            guard let header = try readHeader(bytes, at: offset),
                header.frameCount <= bytes.byteCount &- offset
            else {
                partial.append(bytes.extracting(offset..<bytes.byteCount))
                return
            }
            let payloadStart = offset &+ header.byteCount
            offset &+= header.frameCount
            try takeFrame(header, bytes.extracting(payloadStart..<offset), output, deliver)
        }
    }

    /// Moves bytes into the frame that was cut until it is whole, and takes it. Returns how many
    /// were used; `partial` is empty afterwards if the frame was whole.
    private mutating func completePartial(
        _ bytes: RawSpan, _ output: OutputBuffer, _ deliver: (WebSocketEvent, RawSpan) -> Void
    ) throws(WebSocketError) -> Int {
        var offset = 0
        while true {
            if partial.count >= wantedCount {
                // Out of the machine while it is read; given back for its memory.
                var frame: [UInt8] = []
                swap(&frame, &partial)
                let isTaken = try frame.withRawSpan { bytes throws(WebSocketError) in
                    try takeIfWhole(bytes, output, deliver)
                }
                if isTaken { Self.empty(&frame) }
                swap(&frame, &partial)
                if isTaken { return offset }
            }
            let count = min(wantedCount - partial.count, bytes.byteCount - offset)
            if count == 0 { return offset }
            partial.append(bytes.extracting(offset..<(offset + count)))
            offset += count
        }
    }

    /// Takes the frame that fills `bytes`, or learns how many bytes it wants.
    private mutating func takeIfWhole(
        _ bytes: RawSpan, _ output: OutputBuffer, _ deliver: (WebSocketEvent, RawSpan) -> Void
    ) throws(WebSocketError) -> Bool {
        guard let header = try readHeader(bytes, at: 0) else {
            wantedCount = bytes.byteCount + 1
            return false
        }
        wantedCount = header.frameCount
        guard wantedCount <= bytes.byteCount else { return false }
        wantedCount = 0
        let payload = bytes.extracting(header.byteCount..<header.frameCount)
        try takeFrame(header, payload, output, deliver)
        return true
    }

    @inline(__always)
    private func readHeader(_ bytes: RawSpan, at offset: Int) throws(WebSocketError) -> FrameHeader?
    {
        guard let header = try FrameHeader(bytes, at: offset, role: role) else { return nil }
        if header.opcode.isControl { return header }
        if (header.opcode == .continuation) != (fragmented != nil) {
            throw fragmented == nil ? .continuationUnexpected : .continuationMissing
        }
        // Before its payload is kept, not after.
        if header.payloadCount > limits.messageBytesMax &- message.count {
            throw .messageTooBig(limit: limits.messageBytesMax)
        }
        return header
    }

    private mutating func takeFrame(
        _ header: FrameHeader, _ payload: RawSpan, _ output: OutputBuffer,
        _ deliver: (WebSocketEvent, RawSpan) -> Void
    ) throws(WebSocketError) {
        guard let key = header.maskKey else {
            return try takePlain(header, payload, output, deliver)
        }
        var unmasked: [UInt8] = []
        swap(&unmasked, &plain)
        WebSocketFrame.appendMasked(payload, key: key, to: &unmasked)
        try unmasked.withRawSpan { payload throws(WebSocketError) in
            try takePlain(header, payload, output, deliver)
        }
        Self.empty(&unmasked)
        swap(&unmasked, &plain)
    }

    private mutating func takePlain(
        _ header: FrameHeader, _ payload: RawSpan, _ output: OutputBuffer,
        _ deliver: (WebSocketEvent, RawSpan) -> Void
    ) throws(WebSocketError) {
        switch header.opcode {
        case .text, .binary:
            if header.isFinal { return try Self.deliver(header.opcode, payload, deliver) }
            fragmented = header.opcode
            message.append(payload)
        case .continuation:
            message.append(payload)
            guard header.isFinal, let opcode = fragmented else { return }
            var whole: [UInt8] = []
            swap(&whole, &message)
            fragmented = nil
            try whole.withRawSpan { payload throws(WebSocketError) in
                try Self.deliver(opcode, payload, deliver)
            }
            Self.empty(&whole)
            swap(&whole, &message)
        case .ping:
            if answersPings && state == .open {
                WebSocketFrame.appendPong(payload, maskKey: nextMaskKey(), to: output)
            }
            deliver(.ping, payload)
        case .pong:
            deliver(.pong, payload)
        case .close:
            try takeClose(payload, output, deliver)
        }
    }

    @inline(__always)
    private static func deliver(
        _ opcode: WebSocketOpcode, _ payload: RawSpan, _ deliver: (WebSocketEvent, RawSpan) -> Void
    ) throws(WebSocketError) {
        if opcode == .binary { return deliver(.binary, payload) }
        guard UTF8Check.isWellFormed(payload) else { throw .invalidUTF8 }
        deliver(.text, payload)
    }

    private mutating func takeClose(
        _ payload: RawSpan, _ output: OutputBuffer, _ deliver: (WebSocketEvent, RawSpan) -> Void
    ) throws(WebSocketError) {
        var code: UInt16?
        var reasonStart = 0
        if payload.byteCount > 0 {
            guard payload.byteCount >= 2 else { throw .malformedClose }
            let number = payload.bigEndian(0, as: UInt16.self)
            guard Self.maySend(number) else { throw .malformedClose }
            code = number
            reasonStart = 2
        }
        let reason = payload.extracting(reasonStart..<payload.byteCount)
        guard UTF8Check.isWellFormed(reason) else { throw .invalidUTF8 }
        if state == .open {
            WebSocketFrame.appendClose(code: code, maskKey: nextMaskKey(), to: output)
        }
        state = .closed
        deliver(.close(code: code), reason)
        end()
    }

    /// Codes an endpoint may put on the wire (§7.4, and IANA's registry up to 1014).
    private static func maySend(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }

    /// Keeps the memory for the next use, unless it is much: idle connections stay small.
    private static func empty(_ buffer: inout [UInt8]) {
        buffer.removeAll(keepingCapacity: buffer.capacity <= 65536)
    }
}
