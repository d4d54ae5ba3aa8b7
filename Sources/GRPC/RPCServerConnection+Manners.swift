package import Base
package import HTTP2

/// Carries out what `ConnectionManners` decides.
extension RPCServerConnection {
    /// Asks the peer to open no more streams, and tells every call that it has until then. Calls
    /// that outlive `grace` end with UNAVAILABLE, and a second later the connection closes.
    package func beginDrain(now: Instant, within grace: Duration = .seconds(15)) {
        self.now = now
        var actions: [ConnectionManners.Action] = []
        manners.shutDown(now: now, grace: grace, into: &actions)
        carryOut(actions)
        settle()
    }

    /// The last call that is served was named; the client knows.
    package var hasSaidGoodbye: Bool { manners.drain.hasNamedLast }

    func tickManners() {
        http2.tick(now: now)
        let view = ConnectionManners.View(
            openCalls: calls.count, outputBytes: http2.output.count,
            takenBytes: http2.output.takenCount)
        var actions: [ConnectionManners.Action] = []
        manners.tick(now: now, view, into: &actions)
        carryOut(actions)
    }

    func ponged(_ opaque: UInt64) {
        var actions: [ConnectionManners.Action] = []
        manners.ponged(opaque, into: &actions)
        carryOut(actions)
    }

    /// A call that begins while the connection drains has the same time as the others.
    func tellIfDraining(_ streamID: UInt32) {
        guard let deadline = manners.deadline, let call = calls[streamID], call.isOpen else {
            return
        }
        call.handler?.draining(call, deadline: deadline)
    }

    private func carryOut(_ actions: [ConnectionManners.Action]) {
        for action in actions {
            switch action {
            case .sendNoticeAndPing:
                http2.submitShutdownNotice()
                http2.submitPing(ConnectionDrain.pingOpaque)
            case .sendGoAway: http2.submitGoAway()
            case .sendKeepalivePing: http2.submitPing(Keepalive.pingOpaque)
            case .tellCalls(let deadline):
                for call in openCalls { call.handler?.draining(call, deadline: deadline) }
            case .endCalls:
                finishCalls(RPCStatus(.unavailable, "the connection ends; connect again"))
            case .lookForStalls:
                http2.resetStalledStreams()
                endSlowMessages()
            case .note(let limit): limitReached(limit)
            case .closeConnection: ending = .afterFlush
            case .abandonConnection: ending = .atOnce
            }
        }
    }

    /// Open calls, the oldest first.
    private var openCalls: [RPCCall] {
        calls.values.filter(\.isOpen).sorted { $0.stream.id < $1.stream.id }
    }

    /// Ends calls that have been sending one message for too long.
    private func endSlowMessages() {
        guard partialBytes > 0 else { return }
        for call in openCalls {
            guard let since = call.partial?.since, now - since >= limits.messageTimeMax else {
                continue
            }
            limitReached(.messageTime)
            let text = "a message was not complete after \(limits.messageTimeMax)"
            cancel(call, RPCStatus(.resourceExhausted, text))
        }
    }

    /// Bytes held for the peer: output, queues, unfinished messages and header blocks.
    package var heldBytes: Int { http2.heldBytes + partialBytes }

    /// Ends the connection that holds too much, with GOAWAY and ENHANCE_YOUR_CALM.
    package func shed(_ limit: HTTP2Limit) {
        http2.calmDown(limit)
        settle()
    }
}
