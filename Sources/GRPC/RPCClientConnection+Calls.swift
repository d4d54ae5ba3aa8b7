internal import Base
internal import HTTP2

/// From the calls to the server.
extension RPCClientConnection {
    func send(_ framed: RawSpan, on call: RPCClientCall) -> Bool {
        switch call.machine.send() {
        case .refuse: return false
        case .hold:
            guard call.heldBytes.count + framed.byteCount <= limits.heldBytesPerCallMax else {
                return false
            }
            call.heldBytes.append(framed)
            return true
        case .send:
            guard let stream = call.stream else { return false }
            let isTaken = http2.send(framed, on: stream)
            settle()
            return isTaken
        }
    }

    func trySend(_ framed: RawSpan, on call: RPCClientCall) -> Bool {
        guard let stream = call.stream else {
            call.isWritableAwaited = call.machine.send() == .hold
            return false
        }
        guard call.machine.send() == .send else { return false }
        let isTaken = stream.trySend(framed)
        settle()
        return isTaken
    }

    func halfClose(_ call: RPCClientCall) {
        guard call.machine.halfClose() == .sendEnd, let stream = call.stream else { return }
        http2.end(stream, trailers: nil)
        settle()
    }

    /// Ends a call from our side.
    func stop(_ call: RPCClientCall, _ status: RPCStatus) {
        switch call.machine.stop() {
        case .ignore: return
        case .finish: break
        case .resetAndFinish: if let stream = call.stream { http2.reset(stream, .cancel) }
        }
        finish(call, status)
        settle()
    }

    /// Ends a call whose stream ended.
    func ended(_ call: RPCClientCall, _ status: RPCStatus) {
        if call.machine.streamEnded() == .finish { finish(call, status) }
    }

    private func finish(_ call: RPCClientCall, _ status: RPCStatus) {
        if let stream = call.stream {
            calls[stream.id] = nil
        } else {
            waiting.removeAll { $0 === call }
        }
        partialBytes -= call.deframer.partialBytes
        call.deframer = MessageDeframer(messageBytesMax: limits.messageBytesMax)
        (call.heldFields, call.heldBytes) = ([], [])
        let handler = call.handler
        call.handler = nil
        handler?.finished(status, trailers: call.trailers, on: call)
    }

    /// Gives streams to waiting calls, as many as the server allows.
    private func openWaiting() {
        guard !isDraining else { return }
        while let call = waiting.first, let stream = http2.openStream(call.heldFields) {
            waiting.removeFirst()
            calls[stream.id] = call
            call.stream = stream
            call.mayBeProcessed = true
            guard case .sendHeld(let endsRequest) = call.machine.opened() else { continue }
            let held = call.heldBytes
            (call.heldFields, call.heldBytes) = ([], [])
            if !held.isEmpty, !held.withRawSpan({ http2.send($0, on: stream) }) {
                stop(call, RPCStatus(.resourceExhausted, "too much waits for the connection"))
            } else if endsRequest {
                http2.end(stream, trailers: nil)
            } else if call.isWritableAwaited {
                call.handler?.becameWritable(call)
            }
        }
    }
}

/// Events of the connection.
extension RPCClientConnection {
    /// Sends and handles events until there are none. Calls from inside a handler only leave work
    /// for the loop that is already running.
    func settle() {
        guard !isSettling else { return }
        isSettling = true
        defer { isSettling = false }
        while true {
            openWaiting()
            http2.flush()
            let batch = http2.takeEvents()
            if batch.events.isEmpty { return http2.recycle(batch) }
            for event in batch.events { handle(event, batch) }
            http2.recycle(batch)
        }
    }

    private func handle(_ event: HTTP2Event, _ batch: borrowing HTTP2EventBatch) {
        switch event {
        case .headers(let stream, let fields, let isTooLarge):
            guard let call = calls[stream.id] else { return }
            receivedHeaders(fields, isTooLarge: isTooLarge, on: call)
        case .data(let stream, let range):
            guard let call = calls[stream.id] else { return }
            batch.withBytes(range) { receivedData($0, on: call) }
        case .ended(let stream):
            guard let call = calls[stream.id] else { return }
            receivedEnd(on: call)
        case .closed(let stream, let code):
            guard let call = calls[stream.id] else { return }
            if code == .refusedStream { call.mayBeProcessed = false }
            ended(call, call.status ?? RPCStatus(resetBy: code))
        case .writable(let stream):
            guard let call = calls[stream.id], call.isOpen else { return }
            call.handler?.becameWritable(call)
        case .goAway(let last, let code): receivedGoAway(last, code)
        case .failed: connectionLost("the server broke HTTP/2")
        case .pong: break
        }
    }

    /// Streams above the last one will not be served (RFC 9113 §6.8); calls that wait have no
    /// stream to be served on.
    private func receivedGoAway(_ last: UInt32, _ code: HTTP2ErrorCode) {
        isDraining = true
        goAwayCode = code
        let status = RPCStatus(.unavailable, "the server is going away (code \(code.rawValue))")
        for call in openCalls where call.stream.map({ $0.id > last }) == true {
            call.mayBeProcessed = false
            ended(call, status)
        }
        for call in waiting { ended(call, status) }
    }
}
